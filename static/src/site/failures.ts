/** An htmx request that fails changes nothing on the page, so say it: in the message area, once per kind. */
const AREA = 'cf-messages';

function show(kind: string, text: string): void {
  const area = document.getElementById(AREA);
  if (!area || area.querySelector(`[data-failure="${kind}"]`)) return;
  const alert = document.createElement('div');
  alert.className = 'alert alert-danger alert-dismissible';
  alert.dataset.failure = kind;
  alert.setAttribute('role', 'alert');
  alert.textContent = text;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'btn-close';
  close.dataset.bsDismiss = 'alert';
  close.setAttribute('aria-label', 'Dismiss');
  alert.append(close);
  area.append(alert);
}

function clear(kind: string): void {
  document.querySelectorAll(`#${AREA} [data-failure="${kind}"]`).forEach((alert) => alert.remove());
}

function wordsFor(status: number): string {
  if (status === 401 || status === 403) return 'You may not do that, or you were signed out. Reload the page and sign in again.';
  if (status === 404) return 'That is no longer here. Reload the page to see what is.';
  return 'The site could not do that. Nothing was lost: try again, and tell your administrator if it goes on.';
}

export function reportFailedRequests(): void {
  document.addEventListener('htmx:responseError', (event) => {
    show('answer', wordsFor((event as CustomEvent).detail.xhr.status));
  });
  for (const name of ['htmx:sendError', 'htmx:timeout']) {
    document.addEventListener(name, () => show('network', 'No connection to the site. It will go on when the network is back.'));
  }
  document.addEventListener('htmx:afterRequest', (event) => {
    if ((event as CustomEvent).detail.successful) ['answer', 'network'].forEach(clear);
  });
}
