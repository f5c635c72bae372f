//! The view: projects positions in the world into the picture, and a brush to draw with.
//!
//! It must not know what is drawn.

use crate::brief::Camera;
use crate::math::{fast_sin, mix, smooth};
use crate::scene::canvas::{Canvas, Kind, Paint, Point, Rgb, Texture, ellipse, scale};
use crate::scene::light::Light;
use crate::scene::photo::{Pose, Sprite, Window};

/// The camera at one moment. The unit of the world is the picture's height; x is measured from the
/// middle, y from the top.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) w: f32,
    pub(crate) h: f32,
    /// Seconds since the start.
    pub(crate) t: f32,
    /// The elapsed fraction of the whole, from 0 to 1.
    pub(crate) part: f32,
    pan: f32,
    zoom: f32,
    rise: f32,
    /// The point that the camera looks at in an input picture, to which all things are pinned at
    /// any depth: from the middle, in heights.
    pinned: Option<(f32, f32)>,
}

impl View {
    pub(crate) fn new(canvas: &Canvas, camera: Camera, t: f32, total: f32) -> Self {
        let part = (t / total.max(0.1)).clamp(0.0, 1.0);
        // Moves start and end softly.
        let eased = mix(part, smooth(0.0, 1.0, part), 0.7);
        let (pan, zoom, rise) = match camera {
            Camera::Still => (0.02 * fast_sin(part * 0.5), 1.0, 0.0),
            Camera::PanLeft => (0.3 - 0.6 * eased, 1.02, 0.0),
            Camera::PanRight => (0.6 * eased - 0.3, 1.02, 0.0),
            Camera::ZoomIn => (0.03 * eased, 1.0 + 0.3 * eased, 0.0),
            Camera::ZoomOut => (-0.03 * eased, 1.3 - 0.3 * eased, 0.0),
            Camera::Rise => (0.05 * eased, 1.04, 0.16 - 0.24 * eased),
            Camera::Orbit => (0.32 * fast_sin(part - 0.25), 1.03, 0.02 * fast_sin(part * 2.0)),
        };
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        Self { w, h, t, part, pan, zoom, rise, pinned: None }
    }

    /// The same moment, over a picture of which the camera sees this window.
    pub(crate) fn over(self, window: Window) -> Self {
        Self { zoom: window.zoom, pan: 0.0, rise: 0.0, pinned: Some(window.shift), ..self }
    }

    /// Projects a position of the world to a pixel; `near` is 0 at the horizon and 1 in front.
    pub(crate) fn at(&self, x: f32, y: f32, near: f32) -> Point {
        let k = self.factor(near) * self.h;
        if let Some((across, down)) = self.pinned {
            return (self.w / 2.0 + (x - across) * k, self.h / 2.0 + (y - 0.5 - down) * k);
        }
        let shift = self.shift(near);
        let rise = self.rise * (0.15 + 0.6 * near);
        (self.w / 2.0 + (x - shift) * k, (0.55 + rise) * self.h + (y - 0.55) * k)
    }

    /// The camera's sideways displacement at this depth.
    pub(crate) fn shift(&self, near: f32) -> f32 {
        self.pinned.map_or(self.pan * (0.1 + 0.9 * near), |shift| shift.0)
    }

    /// The same view with the camera displaced further sideways.
    pub(crate) fn farther(self, much: f32) -> Self {
        Self { pan: self.pan * much, ..self }
    }

    /// Converts a length in the world to pixels.
    pub(crate) fn len(&self, size: f32, near: f32) -> f32 {
        size * self.h * self.factor(near)
    }

    fn factor(&self, near: f32) -> f32 {
        let share = if self.pinned.is_some() { 1.0 } else { 0.25 + 0.75 * near };
        1.0 + (self.zoom - 1.0) * share
    }

    /// Half the visible width of the world, with a margin.
    pub(crate) fn half(&self) -> f32 {
        self.w / self.h / 2.0 + 0.4
    }

    /// The height in the picture of the ground at this depth.
    pub(crate) fn ground(horizon: f32, near: f32) -> f32 {
        horizon + (1.0 - horizon) * near
    }
}

/// Draws one thing in its own units: the origin at its feet, x to the right, y up, 1 its height.
pub(crate) struct Brush<'a> {
    pub(crate) canvas: &'a mut Canvas,
    pub(crate) light: &'a Light,
    origin: Point,
    size: f32,
    flip: f32,
    /// The sine and cosine of its tilt.
    lean: (f32, f32),
    far: f32,
    kind: Kind,
    /// How much forms bulge.
    bulge: f32,
}

impl<'a> Brush<'a> {
    pub(crate) fn new(
        canvas: &'a mut Canvas,
        light: &'a Light,
        origin: Point,
        size: f32,
        near: f32,
        kind: Kind,
    ) -> Self {
        let far = 1.0 - near.clamp(0.0, 1.0);
        Self { canvas, light, origin, size, flip: 1.0, lean: (0.0, 1.0), far, kind, bulge: 0.8 }
    }

    /// Faces left instead of right.
    pub(crate) fn flipped(mut self, flip: bool) -> Self {
        self.flip = if flip { -1.0 } else { 1.0 };
        self
    }

    /// Draws a picture here in place of the thing, at this multiple of its height.
    pub(crate) fn sprite(&mut self, sprite: &Sprite, times: f32) {
        let pose = Pose {
            feet: self.origin,
            height: self.size * times,
            lean: self.lean,
            kind: self.kind,
            depth: (20.0 + self.far * 180.0) as u8,
            far: self.far,
        };
        sprite.draw(self.canvas, self.light, &pose);
    }

    /// Tilts around its feet, in turns.
    pub(crate) fn tilted(mut self, turn: f32) -> Self {
        if turn != 0.0 {
            self.lean = (fast_sin(turn), fast_sin(turn + 0.25));
        }
        self
    }

    pub(crate) fn kind(&mut self, kind: Kind) -> &mut Self {
        self.kind = kind;
        self
    }

    /// From here on, shapes have this roundness: flat (0) to round (1).
    pub(crate) fn bulge(&mut self, bulge: f32) -> &mut Self {
        self.bulge = bulge;
        self
    }

    /// Draws something at a position of its own, scaled and tilted (in turns).
    pub(crate) fn inset(&mut self, at: Point, times: f32, turn: f32, draw: impl FnOnce(&mut Self)) {
        let (origin, size, lean) = (self.origin, self.size, self.lean);
        self.origin = self.point(at);
        self.size *= times;
        self.lean = (fast_sin(turn), fast_sin(turn + 0.25));
        draw(self);
        (self.origin, self.size, self.lean) = (origin, size, lean);
    }

    fn point(&self, (x, y): Point) -> Point {
        let (sin, cos) = self.lean;
        let (x, y) = (x * cos - y * sin, x * sin + y * cos);
        (self.origin.0 + x * self.size * self.flip, self.origin.1 - y * self.size)
    }

    fn paint(&self, colour: Rgb) -> Paint {
        let depth = (20.0 + self.far * 180.0) as u8;
        let lit = if self.kind == Kind::Light { colour } else { self.light.on(colour, self.far) };
        let paint = Paint::shaded(scale(lit, 1.08), scale(lit, 0.84), self.kind, depth);
        paint.round(self.bulge)
    }

    /// A polygon.
    pub(crate) fn poly(&mut self, points: &[Point], colour: Rgb) {
        let outline: Vec<Point> = points.iter().map(|p| self.point(*p)).collect();
        self.canvas.fill(&outline, &self.paint(colour));
    }

    /// A shape with a soft outline through these points.
    pub(crate) fn blob(&mut self, points: &[Point], colour: Rgb) {
        let outline: Vec<Point> = soft(points).into_iter().map(|p| self.point(p)).collect();
        self.canvas.fill(&outline, &self.paint(colour));
    }

    /// The same with a texture: lumps of this size.
    pub(crate) fn rough(&mut self, points: &[Point], colour: Rgb, lump: f32, shade: f32) {
        let outline: Vec<Point> = soft(points).into_iter().map(|p| self.point(p)).collect();
        let size = lump * self.size;
        let surface =
            Texture { origin: self.origin, size: (size, size), shade, relief: shade, cap: None };
        self.canvas.fill(&outline, &self.paint(colour).texture(surface));
    }

    /// The same, merged with the shape before it.
    pub(crate) fn rough_more(&mut self, points: &[Point], colour: Rgb, lump: f32, shade: f32) {
        let outline: Vec<Point> = soft(points).into_iter().map(|p| self.point(p)).collect();
        let size = lump * self.size;
        let surface =
            Texture { origin: self.origin, size: (size, size), shade, relief: shade, cap: None };
        self.canvas.fill(&outline, &self.paint(colour).texture(surface).joined());
    }

    /// A limb along points, with the thickness `from` at its start and `to` at its round end.
    pub(crate) fn limb(&mut self, points: &[Point], from: f32, to: f32, colour: Rgb) {
        let last = points.len().saturating_sub(1);
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let aside = |i: usize| {
            let (a, b) = (points[i.saturating_sub(1)], points[(i + 1).min(last)]);
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let length = (dx * dx + dy * dy).sqrt().max(1e-4);
            (dx / length, dy / length)
        };
        for (i, p) in points.iter().enumerate() {
            let wide = mix(from, to, i as f32 / last.max(1) as f32) * 0.5;
            let (dx, dy) = aside(i);
            left.push((p.0 - dy * wide, p.1 + dx * wide));
            right.push((p.0 + dy * wide, p.1 - dx * wide));
            if i == last {
                left.push((p.0 + dx * wide * 0.9, p.1 + dy * wide * 0.9));
            }
        }
        if let Some(p) = points.first() {
            let (dx, dy) = aside(0);
            right.insert(0, (p.0 - dx * from * 0.4, p.1 - dy * from * 0.4));
        }
        right.reverse();
        left.extend(right);
        let outline: Vec<Point> = soft(&left).into_iter().map(|p| self.point(p)).collect();
        self.canvas.fill(&outline, &self.paint(colour).round(self.bulge * 0.75));
    }

    /// The shadow on the ground of a thing of this width, away from the light.
    pub(crate) fn shadow(&mut self, wide: f32, strength: f32) {
        let away = -self.canvas.light[0].signum();
        let (x, y) = self.origin;
        let (rx, ry) = (wide * self.size, (wide * self.size * 0.17).max(1.0));
        let at = (x + away * rx * 0.35, y + ry * 0.1);
        let paint = Paint::flat([12, 14, 30], Kind::Land, 100).alpha(strength).joined();
        self.canvas.fill(&ellipse(at, rx, ry), &paint);
    }

    /// A rectangle by its lower left corner and its size.
    pub(crate) fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, colour: Rgb) {
        self.poly(&[(x, y), (x + w, y), (x + w, y + h), (x, y + h)], colour);
    }

    /// An ellipse by its centre and radii.
    pub(crate) fn oval(&mut self, x: f32, y: f32, rx: f32, ry: f32, colour: Rgb) {
        let outline = ellipse(self.point((x, y)), rx * self.size, ry * self.size);
        self.canvas.fill(&outline, &self.paint(colour));
    }

    /// An ellipse that is merged with the shape before it.
    pub(crate) fn more(&mut self, x: f32, y: f32, rx: f32, ry: f32, colour: Rgb) {
        let outline = ellipse(self.point((x, y)), rx * self.size, ry * self.size);
        self.canvas.fill(&outline, &self.paint(colour).joined());
    }

    /// A stroke through points.
    pub(crate) fn line(&mut self, points: &[Point], width: f32, colour: Rgb) {
        let points: Vec<Point> = points.iter().map(|p| self.point(*p)).collect();
        self.canvas.stroke(&points, width * self.size, &self.paint(colour).round(0.5));
    }

    /// A glow around a point.
    pub(crate) fn glow(&mut self, x: f32, y: f32, radius: f32, colour: Rgb, strength: f32) {
        let at = self.point((x, y));
        self.canvas.glow(at, radius * self.size, colour, strength);
    }

    /// A veil: a translucent polygon.
    pub(crate) fn veil(&mut self, points: &[Point], colour: Rgb, alpha: f32) {
        let outline: Vec<Point> = points.iter().map(|p| self.point(*p)).collect();
        let paint = Paint::flat(self.light.on(colour, self.far), self.kind, 60).alpha(alpha);
        self.canvas.fill(&outline, &paint);
    }

    /// A window, lit when lamps are on.
    pub(crate) fn pane(&mut self, x: f32, y: f32, w: f32, h: f32) {
        let kind = self.kind;
        if self.light.lamps {
            self.kind = Kind::Light;
            self.rect(x, y, w, h, [255, 214, 120]);
            self.kind = kind;
        } else {
            self.rect(x, y, w, h, [120, 160, 190]);
        }
    }
}

/// A closed curve through the points: four spline steps between each two.
fn soft(points: &[Point]) -> Vec<Point> {
    let n = points.len();
    if n < 3 {
        return points.to_vec();
    }
    let mut curve = Vec::with_capacity(n * 4);
    for i in 0..n {
        let (p, a) = (points[(i + n - 1) % n], points[i]);
        let (b, q) = (points[(i + 1) % n], points[(i + 2) % n]);
        for step in 0..4 {
            let t = step as f32 * 0.25;
            let (t2, t3) = (t * t, t * t * t);
            let at = |p: f32, a: f32, b: f32, q: f32| {
                0.5 * (2.0 * a
                    + (b - p) * t
                    + (2.0 * p - 5.0 * a + 4.0 * b - q) * t2
                    + (3.0 * a - p - 3.0 * b + q) * t3)
            };
            curve.push((at(p.0, a.0, b.0, q.0), at(p.1, a.1, b.1, q.1)));
        }
    }
    curve
}
