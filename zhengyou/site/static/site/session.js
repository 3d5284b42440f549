// The session may end while somebody is writing: a dialog asks to sign in again and the page keeps what was typed.

const dialog = document.getElementById('zy-signin');
let after = null;

function freshToken() {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (!token) return;
  for (const field of document.querySelectorAll('input[name=csrfmiddlewaretoken]')) field.value = token;
  document.body.setAttribute('hx-headers', JSON.stringify({ 'X-CSRFToken': token }));
}

function ask(then) {
  after = then;
  dialog.querySelector('.zy-err')?.classList.remove('zy-err');
  dialog.querySelector('[data-why]').textContent = '';
  if (!dialog.open) dialog.showModal();
}

function done() {
  freshToken();
  dialog.close();
  const then = after;
  after = null;
  then?.();
}

async function alive() {
  const answer = await fetch(document.body.dataset.alive, { headers: { 'HX-Request': 'true' } });
  return answer.status === 204;
}

if (dialog) {
  const form = dialog.querySelector('form');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    freshToken();
    const answer = await fetch(form.action, {
      method: 'POST',
      body: new FormData(form),
      headers: { 'X-Requested-With': 'XMLHttpRequest', Accept: 'application/json' },
    });
    form.querySelector('[type=password]').value = '';
    if (answer.ok) return done();
    const why = answer.status === 429 ? form.dataset.locked : form.dataset.wrong;
    dialog.querySelector('[data-why]').textContent = why;
  });
  dialog.querySelector('[data-again]').addEventListener('click', async () => {
    if (await alive()) done();
    else dialog.querySelector('[data-why]').textContent = form.dataset.still;
  });
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());

  // Fragments asked for by htmx, and whoever sends zy:signin (autosave).
  document.addEventListener('htmx:responseError', (event) => {
    if (event.detail.xhr.status !== 401) return;
    const { elt, requestConfig } = event.detail;
    ask(() => htmx.trigger(elt, requestConfig.triggeringEvent?.type || 'click'));
  });
  document.addEventListener('zy:signin', (event) => ask(event.detail?.then));

  // Forms with text of one's own are sent only while the session lives.
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (form.method !== 'post' || form.dataset.sure || !form.querySelector('textarea, input[type=file]')) return;
    if (form.closest('dialog') || form.hasAttribute('hx-post')) return;
    event.preventDefault();
    if (form.dataset.asking) return;
    form.dataset.asking = '1';
    const send = () => {
      form.dataset.sure = '1';
      form.requestSubmit(event.submitter);
      setTimeout(() => { delete form.dataset.sure; }, 0);
    };
    try {
      if (await alive()) send();
      else ask(send);
    } catch {
      document.getElementById('zy-alert').innerHTML = document.getElementById('zy-offline').innerHTML;
    } finally {
      delete form.dataset.asking;
    }
  });
}
