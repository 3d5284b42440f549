// Small helps of every page. Each page works without them; nothing here is inline, so a strict CSP holds.

// The summary of a refused form, or the way to it, gets the focus.
document.querySelector('[data-focus]')?.focus();

// Menus close on Escape and on a click elsewhere.
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.zy-menu[open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.zy-menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// <button type="button" data-copy="#list" data-done="已复制"> copies the text (or value) of what it names.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const text = 'value' in source ? source.value : source.innerText.trim();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain http without localhost has no clipboard: mark the text, so that Ctrl+C works.
    const box = 'select' in source ? source : null;
    if (box) {
      box.select();
      document.execCommand('copy');
    } else {
      const range = document.createRange();
      range.selectNodeContents(source);
      const marked = getSelection();
      marked.removeAllRanges();
      marked.addRange(range);
      document.execCommand('copy');
    }
  }
  const before = button.textContent;
  button.textContent = button.dataset.done || before;
  setTimeout(() => { button.textContent = before; }, 2500);
});

// <input type="checkbox" data-all="name"> ticks all boxes of that name in its form.
document.addEventListener('change', (event) => {
  const all = event.target.closest('[data-all]');
  if (!all) return;
  for (const box of all.form.querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]:not(:disabled)`)) {
    box.checked = all.checked;
  }
});

// A control that is off (aria-disabled) keeps its place and its reason; pressing it reads the reason again.
document.addEventListener('click', (event) => {
  const off = event.target.closest('[aria-disabled=true]');
  if (!off) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// <select data-go> in a filter form submits it on change; the button beside it stays for those without scripts.
document.addEventListener('change', (event) => {
  if (event.target.matches('form.zy-f select[data-go]')) event.target.form.requestSubmit();
});

// <form data-print> or <button type="button" data-print>
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-print]')) print();
});

// Charts are loaded only where one stands; they read the table beside them.
if (document.querySelector('[data-chart]')) {
  const echarts = document.createElement('script');
  echarts.src = document.body.dataset.echarts;
  echarts.onload = () => import(document.body.dataset.charts);
  document.head.append(echarts);
}
