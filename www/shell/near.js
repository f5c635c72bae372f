// Where an element is: near enough to the viewport for its studio to be fetched, or not. It must not know
// what is fetched.

/** How far outside the viewport an element may be for its studio to be fetched, in px. */
export const NEAR_PX = 400;

/** Whether an element is near the viewport, where it can be told without waiting for a frame. */
export function isNear(element) {
  const view = element.ownerDocument.defaultView;
  // What of a frame is to be seen, only an observer knows.
  if (!view || view.parent !== view || element.ownerDocument.hidden) return false;
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && bottom > -NEAR_PX && top < view.innerHeight + NEAR_PX;
}
