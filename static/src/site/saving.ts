/**
 * Tells the person whether an answer form is saved.
 *
 * A form with `data-saves` holds an element with `data-saving-status` (a `role="status"` region). The text
 * follows the form's htmx requests, and what is said when the network is away is that nothing is saved yet.
 */
type State = 'saving' | 'saved' | 'waiting' | 'failed';

const WORDS: Record<State, string> = {
  saving: 'Saving…',
  saved: 'Saved',
  waiting: 'Not saved yet: no connection. Your answer stays on this page; send it again when you are back online.',
  failed: 'Not saved: the site had a problem. Your answer stays on this page; send it again.',
};

function tell(target: EventTarget | null, state: State): void {
  const form = target instanceof Element ? target.closest('[data-saves]') : null;
  const status = form?.querySelector<HTMLElement>('[data-saving-status]');
  if (!status) return;
  status.dataset.state = state;
  status.textContent = WORDS[state];
}

export function followSaving(): void {
  const on = (name: string, state: State) =>
    document.addEventListener(name, (event) => tell((event as CustomEvent).detail?.elt ?? event.target, state));
  on('htmx:beforeRequest', 'saving');
  on('htmx:sendError', 'waiting');
  on('htmx:timeout', 'waiting');
  on('htmx:responseError', 'failed');
  document.addEventListener('htmx:afterRequest', (event) => {
    const detail = (event as CustomEvent).detail;
    if (detail.successful) tell(detail.elt, 'saved');
  });
}
