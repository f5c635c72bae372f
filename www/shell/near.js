// Whether an element is near enough to the viewport to load its studio. It must not know what is loaded.

/** An element no further than this outside the viewport is near, in px. */
export const NEAR_PX = 400;

/** Whether an element is near the viewport, as far as that is known without waiting for a frame. */
export function isNear(element) {
  const view = element.ownerDocument.defaultView;
  // Only an observer knows which part of a frame is visible.
  if (!view || view.parent !== view || element.ownerDocument.hidden) return false;
  const { top, bottom, height } = element.getBoundingClientRect();
  return height > 0 && bottom > -NEAR_PX && top < view.innerHeight + NEAR_PX;
}
