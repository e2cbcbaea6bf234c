// Buttons beside a code that is shown once; without script it can be written down.
{
  const place = document.querySelector('#dc'), code = document.querySelector('code').textContent;
  const add = (text, onclick) => place.append(Object.assign(document.createElement('button'), { textContent: text, type: 'button', className: 'b', onclick }), ' ');
  if (navigator.clipboard) add(words.copy, event => navigator.clipboard.writeText(code).then(() => { event.target.textContent = words.copied; }));
  add(words.print, () => print());
}
