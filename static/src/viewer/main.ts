/** Opens every viewer on the page, also those that htmx brings in later, and closes those it takes away. */
import { Viewer } from './viewer';

const open = new Map<HTMLElement, Viewer>();

function openAll(): void {
  for (const [element, viewer] of open) {
    if (element.isConnected) continue;
    viewer.close();
    open.delete(element);
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-viewer]')) {
    if (open.has(element)) continue;
    const viewer = new Viewer(element);
    open.set(element, viewer);
    void viewer.open();
  }
}

openAll();
document.addEventListener('htmx:afterSettle', openAll);
