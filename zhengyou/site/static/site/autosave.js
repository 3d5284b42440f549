// Drafts save themselves. <form data-autosave="ADDRESS"> with a hidden `version` field and a [data-saved] line:
// two seconds after typing the fields are posted to ADDRESS, which answers JSON {version, text};
// 409 {text, url} says that another tab or device wrote meanwhile: both stay, the person chooses at url.

for (const form of document.querySelectorAll('form[data-autosave]')) {
  const line = form.querySelector('[data-saved]');
  const version = form.querySelector('input[name=version]');
  let waiting = 0;
  let dirty = false;
  let running = false;
  let stopped = false;

  const say = (text, url) => {
    if (!line) return;
    line.textContent = text;
    if (url) {
      const link = document.createElement('a');
      link.href = url;
      link.textContent = document.body.dataset.choose;
      line.append(' ', link);
    }
  };

  const save = async (leaving = false) => {
    clearTimeout(waiting);
    if (!dirty || running || stopped) return;
    running = true;
    dirty = false;
    const body = new FormData(form);
    body.delete('key'); // a draft spends no key
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: 'POST', body, keepalive: leaving, headers: { 'HX-Request': 'true', Accept: 'application/json' },
      });
      if (answer.status === 401) {
        dirty = true;
        document.dispatchEvent(new CustomEvent('zy:signin', { detail: { then: () => save() } }));
      } else if (answer.status === 409) {
        stopped = true;
        const found = await answer.json();
        say(found.text, found.url);
      } else if (answer.ok) {
        const found = await answer.json();
        if (version) version.value = found.version;
        say(found.text);
      } else {
        throw new Error(String(answer.status));
      }
    } catch {
      dirty = true;
      say(document.body.dataset.unsaved);
      waiting = setTimeout(save, 10000);
    } finally {
      running = false;
      if (dirty && !waiting) waiting = setTimeout(save, 2000);
    }
  };

  form.addEventListener('input', () => {
    dirty = true;
    delete form.dataset.leaving;
    clearTimeout(waiting);
    waiting = setTimeout(save, 2000);
  });
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(true); });
  addEventListener('beforeunload', (event) => { if (dirty && !form.dataset.leaving) event.preventDefault(); });
  form.addEventListener('submit', () => { form.dataset.leaving = '1'; clearTimeout(waiting); });
}

// Forms that do not save themselves ask before typed text is left behind.
for (const form of document.querySelectorAll('form[data-guard]')) {
  let dirty = false;
  form.addEventListener('input', () => { dirty = true; });
  form.addEventListener('submit', () => { dirty = false; });
  addEventListener('beforeunload', (event) => { if (dirty) event.preventDefault(); });
}
