// The two buttons of a review say what they would do: how many clauses go back, how many are accepted.
// <form data-verdicts data-total> with radios k-<code>, a [data-return] button (data-label: "#a back, #b accepted";
// data-none) and an [data-approve] button, off while something is marked. The server decides all the same.

for (const form of document.querySelectorAll('form[data-verdicts]')) {
  const back = form.querySelector('[data-return]');
  const approve = form.querySelector('[data-approve]');
  if (!back) continue;
  const shown = new Set([...form.querySelectorAll('input[type=radio]')].map((radio) => radio.name));
  const count = () => form.querySelectorAll('input[type=radio][value=return]:checked').length;
  const elsewhere = Number(back.dataset.marked || 0) - count(); // marked under another chip
  const show = () => {
    const n = count() + Math.max(elsewhere, 0);
    const all = Number(form.dataset.total);
    back.textContent = n ? back.dataset.label.replace('#a', n).replace('#b', all - n) : back.dataset.none;
    if (approve) {
      if (n || approve.hasAttribute('data-shut')) approve.setAttribute('aria-disabled', 'true');
      else approve.removeAttribute('aria-disabled');
    }
    for (const name of shown) {
      const marked = form.querySelector(`input[name="${CSS.escape(name)}"]:checked`);
      const reasons = marked && marked.closest('td').querySelector('[data-reasons]');
      if (reasons) reasons.hidden = marked.value !== 'return' && !reasons.querySelector('textarea').value;
    }
  };
  form.addEventListener('change', show);
  show();
}
