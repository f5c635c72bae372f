//! The view: where things of the world come to lie in the picture, and a brush to draw them with.
//!
//! It must not know what is drawn.

use crate::brief::Camera;
use crate::math::{fast_sin, mix, smooth};
use crate::scene::canvas::{Canvas, Kind, Paint, Point, Rgb, ellipse, scale};
use crate::scene::light::Light;

/// The camera at one moment. The world's unit is the picture's height; x is counted from the
/// middle, y from the top.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) w: f32,
    pub(crate) h: f32,
    /// Seconds since the start.
    pub(crate) t: f32,
    /// The part of the whole that has passed, from 0 to 1.
    pub(crate) part: f32,
    pan: f32,
    zoom: f32,
    rise: f32,
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
        Self { w: canvas.width as f32, h: canvas.height as f32, t, part, pan, zoom, rise }
    }

    /// The pixel of a place in the world; `near` is 0 at the horizon and 1 here.
    pub(crate) fn at(&self, x: f32, y: f32, near: f32) -> Point {
        let k = self.factor(near) * self.h;
        let shift = self.pan * (0.1 + 0.9 * near);
        let rise = self.rise * (0.15 + 0.6 * near);
        (self.w / 2.0 + (x - shift) * k, (0.55 + rise) * self.h + (y - 0.55) * k)
    }

    /// The size in pixels of a length in the world.
    pub(crate) fn len(&self, size: f32, near: f32) -> f32 {
        size * self.h * self.factor(near)
    }

    fn factor(&self, near: f32) -> f32 {
        1.0 + (self.zoom - 1.0) * (0.25 + 0.75 * near)
    }

    /// Half the width of the world that is seen, with a margin.
    pub(crate) fn half(&self) -> f32 {
        self.w / self.h / 2.0 + 0.4
    }

    /// A place on the ground as near as that: its height in the picture.
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
        Self { canvas, light, origin, size, flip: 1.0, far, kind, bulge: 0.8 }
    }

    /// Looks to the left instead of to the right.
    pub(crate) fn flipped(mut self, flip: bool) -> Self {
        self.flip = if flip { -1.0 } else { 1.0 };
        self
    }

    pub(crate) fn kind(&mut self, kind: Kind) -> &mut Self {
        self.kind = kind;
        self
    }

    /// From here on, shapes are as flat (0) or as round (1) as that.
    pub(crate) fn bulge(&mut self, bulge: f32) -> &mut Self {
        self.bulge = bulge;
        self
    }

    fn point(&self, (x, y): Point) -> Point {
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

    /// A rectangle by its lower left corner and its size.
    pub(crate) fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, colour: Rgb) {
        self.poly(&[(x, y), (x + w, y), (x + w, y + h), (x, y + h)], colour);
    }

    /// An ellipse by its centre and radii.
    pub(crate) fn oval(&mut self, x: f32, y: f32, rx: f32, ry: f32, colour: Rgb) {
        let outline = ellipse(self.point((x, y)), rx * self.size, ry * self.size);
        self.canvas.fill(&outline, &self.paint(colour));
    }

    /// An ellipse that runs into the shape before it.
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

    /// A veil: a polygon through which the background shows.
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
