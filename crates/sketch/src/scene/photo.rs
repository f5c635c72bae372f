//! Draws an input picture: as the backdrop that fills the view, or as a thing in the scene.
//!
//! It must not know the file format, nor the words that decide how the picture is used.

mod analysis;
mod regions;
mod sprite;

use crate::brief::{Camera, Thing};
use crate::image::Picture;
use crate::math::{fast_sin, mix, smooth};
use crate::scene::canvas::{Canvas, Kind};

pub(crate) use sprite::{Pose, Sprite};

/// How a picture is part of a scene.
#[derive(Clone, Debug)]
pub(crate) enum Photo {
    /// It fills the view; if `alive`, its content is animated.
    Backdrop {
        /// The picture.
        view: Box<Backdrop>,
        /// Whether its content is animated.
        alive: bool,
        /// The camera move that the prompt asks for.
        camera: Option<Camera>,
    },
    /// Framed: on a wall, or standing if there is none.
    Framed(Sprite),
    /// In place of this thing.
    Subject(Thing, Sprite),
}

/// A picture that fills the view.
#[derive(Clone, Debug)]
pub(crate) struct Backdrop {
    width: usize,
    height: usize,
    /// Red, green, blue, and the [`Kind`].
    px: Vec<[u8; 4]>,
    /// As in the canvas: slope, distance, and id.
    form: Vec<[u8; 4]>,
    /// The point of greatest detail, from the middle, in picture widths and heights.
    focus: (f32, f32),
    /// Its mean brightness, from 0 to 255.
    pub(crate) brightness: u32,
}

/// The camera's view of a picture at one moment: its zoom, and the point that it looks at, from the
/// middle, in view heights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) zoom: f32,
    pub(crate) shift: (f32, f32),
}

/// The size at which a picture is stored, relative to the view: what the closest zoom needs.
pub(crate) const CLOSEST: f32 = 1.2;

impl Backdrop {
    /// Prepares a picture: it is analysed once, not for each moment.
    pub(crate) fn new(picture: Picture) -> Self {
        let (width, height) = (picture.width, picture.height);
        // Transparent parts show paper.
        let px: Vec<[u8; 4]> = picture
            .px
            .iter()
            .map(|[r, g, b, a]| {
                let on = |c: &u8| {
                    ((u32::from(*c) * u32::from(*a) + 240 * (255 - u32::from(*a))) / 255) as u8
                };
                [on(r), on(g), on(b), Kind::Land as u8]
            })
            .collect();
        analysis::tell_apart(width, height, px)
    }

    /// Adjusts its colours to the light that the prompt asks for.
    pub(crate) fn relight(&mut self, change: impl Fn([u8; 3], f32) -> [u8; 3]) {
        let (width, height) = (self.width, self.height as f32);
        for (y, row) in self.px.chunks_exact_mut(width).enumerate() {
            let down = y as f32 / height;
            for p in row {
                let [r, g, b] = change([p[0], p[1], p[2]], down);
                (p[0], p[1], p[2]) = (r, g, b);
            }
        }
    }

    /// How far the picture extends beyond a view of this shape on each side, in view heights.
    fn slack(&self, width: f32, height: f32) -> (f32, f32) {
        let scale = self.scale(width, height);
        let beyond = |own: usize, seen: f32| (own as f32 * scale - seen).max(0.0) / height / 2.0;
        (beyond(self.width, width), beyond(self.height, height))
    }

    /// View pixels per picture pixel when the picture just covers the view.
    fn scale(&self, width: f32, height: f32) -> f32 {
        (width / self.width as f32).max(height / self.height as f32)
    }

    /// The camera at this fraction of the whole. If the prompt doesn't mention the camera, it pans
    /// along a picture that is wider or taller than the view, and zooms slowly into any other.
    pub(crate) fn window(
        &self,
        camera: Option<Camera>,
        part: f32,
        canvas: &Canvas,
        seed: u64,
    ) -> Window {
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        let slack = self.slack(w, h);
        let camera = camera.unwrap_or(if slack.0 > 0.1 {
            if seed & 1 == 0 { Camera::PanRight } else { Camera::PanLeft }
        } else if slack.1 > 0.1 {
            Camera::Rise
        } else {
            Camera::ZoomIn
        });
        let eased = mix(part, smooth(0.0, 1.0, part), 0.7);
        // The maximum pan at this zoom.
        let reach = |zoom: f32| {
            let inner = (1.0 - 1.0 / zoom) / 2.0;
            ((slack.0 + w / h * inner).min(0.4), (slack.1 + inner).min(0.4))
        };
        let towards = |zoom: f32| {
            let (x, y) = reach(zoom);
            let aim = (self.focus.0 * w / h, self.focus.1);
            (aim.0.clamp(-x, x), aim.1.clamp(-y, y))
        };
        let (zoom, shift) = match camera {
            Camera::Still => (1.0, (0.0, 0.0)),
            Camera::ZoomIn => (1.0 + 0.18 * eased, towards(1.0 + 0.18 * eased)),
            Camera::ZoomOut => (1.18 - 0.18 * eased, towards(1.18 - 0.18 * eased)),
            Camera::PanLeft => (1.08, ((1.0 - 2.0 * eased) * reach(1.08).0, 0.0)),
            Camera::PanRight => (1.08, ((2.0 * eased - 1.0) * reach(1.08).0, 0.0)),
            Camera::Rise => (1.06, (0.0, (1.0 - 2.0 * eased) * reach(1.06).1)),
            Camera::Orbit => (1.1, (reach(1.1).0 * fast_sin(part - 0.25), 0.0)),
        };
        Window { zoom, shift }
    }

    /// Draws the camera's view. `alive` is the time since the start of the animation, in seconds,
    /// if the picture is animated.
    pub(crate) fn draw(&self, canvas: &mut Canvas, window: Window, alive: Option<f32>) {
        let (w, h) = (canvas.width, canvas.height);
        let (wf, hf) = (w as f32, h as f32);
        let scale = self.scale(wf, hf) * window.zoom;
        // Sixteen fractional bits.
        let fixed = |x: f32| (x * 65536.0) as i64;
        let step = fixed(1.0 / scale);
        let left = fixed(
            self.width as f32 / 2.0 + window.shift.0 * hf * window.zoom / scale
                - wf / 2.0 / scale
                - 0.5,
        ) + step / 2;
        let top = fixed(
            self.height as f32 / 2.0 + window.shift.1 * hf * window.zoom / scale
                - hf / 2.0 / scale
                - 0.5,
        ) + step / 2;
        let breath = alive.map(|t| Breath::new(self, canvas, window, t));
        for y in 0..h {
            let (lift, sway) = breath.as_ref().map_or((0, 0), |b| b.row(y));
            let v = top + y as i64 * step + lift;
            let (above, below, share_v) = taps(v, self.height);
            let (above, below) = (above * self.width, below * self.width);
            let near = nearest(v, self.height) * self.width;
            let row = &mut canvas.rgb[y * w..(y + 1) * w];
            let forms = &mut canvas.form[y * w..(y + 1) * w];
            for (x, (p, form)) in row.iter_mut().zip(forms).enumerate() {
                let aside = breath.as_ref().map_or(0, |b| (b.columns[x] * sway) >> 8);
                let u = left + x as i64 * step + aside;
                let (a, b, share_u) = taps(u, self.width);
                let upper = between(self.px[above + a], self.px[above + b], share_u);
                let lower = between(self.px[below + a], self.px[below + b], share_u);
                *p = between(upper, lower, share_v);
                let at = near + nearest(u, self.width);
                p[3] = self.px[at][3];
                *form = self.form[at];
            }
        }
        canvas.parts_from(analysis::PARTS_END);
    }
}

/// Animates the middle of a picture: it sways and rises; its edges stay in place.
struct Breath {
    /// The weight of each column and row, in 1/256.
    columns: Vec<i64>,
    rows: Vec<i64>,
    /// The amplitude, in 1/65536 of a pixel.
    aside: i64,
    lift: i64,
}

impl Breath {
    fn new(of: &Backdrop, canvas: &Canvas, window: Window, t: f32) -> Self {
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        let middle = (
            w / 2.0 + (of.focus.0 * w - window.shift.0 * h) * window.zoom,
            h / 2.0 + (of.focus.1 - window.shift.1) * h * window.zoom,
        );
        let bump = |at: usize, centre: f32, reach: f32| {
            let off = ((at as f32 - centre) / reach).abs().min(1.0);
            (smooth(1.0, 0.0, off) * 256.0) as i64
        };
        let far = of.height as f32 * 65536.0;
        Self {
            columns: (0..canvas.width).map(|x| bump(x, middle.0, w * 0.42)).collect(),
            rows: (0..canvas.height).map(|y| bump(y, middle.1, h * 0.55)).collect(),
            aside: (fast_sin(t * 0.31) * 0.03 * far) as i64,
            lift: (fast_sin(t * 0.43) * 0.016 * far) as i64,
        }
    }

    /// The offset of a row, up and sideways.
    fn row(&self, y: usize) -> (i64, i64) {
        let much = self.rows[y];
        ((self.lift * much) >> 8, (self.aside * much) >> 8)
    }
}

/// The indexes of two neighbours and the weight of the second, in 1/256.
#[inline(always)]
fn taps(place: i64, size: usize) -> (usize, usize, i32) {
    let last = size as i64 - 1;
    let first = place >> 16;
    let share = ((place >> 8) & 255) as i32;
    (first.clamp(0, last) as usize, (first + 1).clamp(0, last) as usize, share)
}

#[inline(always)]
fn nearest(place: i64, size: usize) -> usize {
    ((place + 32768) >> 16).clamp(0, size as i64 - 1) as usize
}

/// A mix of two pixels; the weight of the second is in 1/256.
#[inline(always)]
fn between(a: [u8; 4], b: [u8; 4], share: i32) -> [u8; 4] {
    std::array::from_fn(|c| {
        let own = i32::from(a[c]);
        (own + (((i32::from(b[c]) - own) * share + 128) >> 8)) as u8
    })
}
