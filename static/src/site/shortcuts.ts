/** Letters that press a button or follow a link: `data-key="a"`. Never while somebody is typing. */
const TYPING = 'input, textarea, select, [contenteditable]';

export function pressByKey(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!/^[a-z]$/i.test(event.key)) return;
    if (event.target instanceof Element && event.target.closest(TYPING)) return;
    const control = document.querySelector<HTMLElement>(`[data-key="${event.key.toLowerCase()}"]:not(:disabled)`);
    if (!control) return;
    event.preventDefault();
    control.click();
  });
}
