/**
 * Answering by keyboard. A form with `data-quiz-form` holds inputs with `data-quiz-option`: keys 1–9 choose one,
 * Enter answers; where the question is answered already, Enter follows `data-quiz-next`. On a question's page the
 * digits belong to the answer, wherever the focus is; Enter is left to whatever else means something by it.
 */
const form = () => document.querySelector<HTMLFormElement>('[data-quiz-form]');
const within = (target: EventTarget | null, selector: string) => target instanceof Element && target.closest(selector) !== null;
const isPlain = (event: KeyboardEvent) => !(event.ctrlKey || event.metaKey || event.altKey);

function chooseByDigit(event: KeyboardEvent): void {
  if (!/^[1-9]$/.test(event.key) || !isPlain(event) || within(event.target, 'textarea, select, [type="text"]')) return;
  const option = form()?.querySelectorAll<HTMLInputElement>('[data-quiz-option]')[Number(event.key) - 1];
  if (!option) return;
  event.preventDefault();
  event.stopPropagation();
  option.focus();
  option.click();
}

function answerByEnter(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.defaultPrevented || !isPlain(event)) return;
  if (within(event.target, 'a, button, summary, textarea, select, [type="text"]')) return;
  const next = document.querySelector<HTMLAnchorElement>('[data-quiz-next]');
  if (!form() && !next) return;
  event.preventDefault();
  if (form()) form()?.requestSubmit();
  else next?.click();
}

/** A mark and "there is no lesion" exclude each other: the one given last stands. */
function keepOne(event: Event): void {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.form?.matches('[data-quiz-form]')) return;
  const absent = input.form.elements.namedItem('absent');
  if (!(absent instanceof HTMLInputElement)) return;
  if (input.name === 'row' && input.value !== '') absent.checked = false;
  if (input === absent && absent.checked) {
    document.querySelector('[data-viewer]')?.dispatchEvent(new CustomEvent('viewer:clear'));
  }
}

/** A second click sends nothing twice; coming back to the page makes the form whole again. */
function sendOnce(event: SubmitEvent): void {
  const sent = event.target;
  if (!(sent instanceof HTMLFormElement) || !sent.matches('[data-quiz-form]')) return;
  if (sent.dataset.sent) event.preventDefault();
  sent.dataset.sent = 'yes';
}

export function followAnswering(): void {
  // Before the viewer hears of a digit, and before htmx sends a change.
  document.addEventListener('keydown', chooseByDigit, { capture: true });
  document.addEventListener('change', keepOne, { capture: true });
  // After the viewer, whose crosshair is placed by Enter.
  window.addEventListener('keydown', answerByEnter);
  document.addEventListener('submit', sendOnce);
  window.addEventListener('pageshow', () => delete form()?.dataset.sent);
}
