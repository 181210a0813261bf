/**
 * Answering by keyboard, and telling a placed mark. A form with `data-quiz-form` holds inputs with
 * `data-quiz-option`: keys 1–9 choose one, Enter answers. After the answer, Enter follows `data-quiz-next`.
 * Keys that mean something where the focus is (the viewer, a button, a link) are left alone.
 */
const BUSY = '[data-viewer], a, button, summary, textarea, select, input[type="text"]';

function isFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !(event.target instanceof Element && event.target.closest(BUSY));
}

function choose(number: number): void {
  const option = document.querySelectorAll<HTMLInputElement>('[data-quiz-form] [data-quiz-option]')[number - 1];
  option?.focus();
  option?.click();
}

function goOn(): boolean {
  const form = document.querySelector<HTMLFormElement>('[data-quiz-form]');
  const next = document.querySelector<HTMLAnchorElement>('[data-quiz-next]');
  if (form) form.requestSubmit();
  else next?.click();
  return Boolean(form ?? next);
}

function onMark(): void {
  const absent = document.querySelector<HTMLInputElement>('[data-quiz-form] [name="absent"]');
  if (absent) absent.checked = false;
  const words = document.querySelector('[data-quiz-mark]');
  if (words) words.textContent = 'Marked. Click or tap elsewhere to move the mark.';
}

function onChange(event: Event): void {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.name !== 'absent' || !input.checked) return;
  const words = document.querySelector('[data-quiz-mark]');
  if (words) words.textContent = 'No lesion. Click or tap the film to mark one instead.';
}

/** A second click on the button sends nothing twice; coming back to the page makes it whole again. */
function sendOnce(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches('[data-quiz-form]')) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  window.addEventListener('pageshow', () => {
    document.querySelectorAll<HTMLElement>('[data-quiz-form]').forEach((form) => delete form.dataset.sent);
  });
}

export function answerByKeyboard(): void {
  document.addEventListener('keydown', (event) => {
    if (!isFree(event)) return;
    if (/^[1-9]$/.test(event.key)) choose(Number(event.key));
    else if (event.key === 'Enter' && goOn()) event.preventDefault();
  });
  // Before htmx hears of it on the body, so that what is saved is what is shown.
  document.addEventListener('viewer:located', onMark, { capture: true });
  document.addEventListener('change', onChange);
  sendOnce();
}
