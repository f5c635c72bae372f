//! Styles: how a drawn scene is treated, by style value.
//!
//! A treatment works on pixels, using what the canvas knows of their form and kind. It must not
//! know what the scene was made from.

mod enlarge;
mod form;
mod ink;
mod overlay;
mod solid;
mod table;
mod tone;

use std::ops::ControlFlow;

use crate::scene::Canvas;
use crate::scene::canvas::{Rgb, Tile, blend};

/// One step of a treatment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pass {
    /// Saturation, contrast, brightness; a tint and its amount.
    Grade(f32, f32, f32, Rgb, f32),
    /// Different colours for shadows and highlights, and the amount.
    Split(Rgb, Rgb, f32),
    /// Maps brightness to colours, from dark to light.
    Ramp(&'static [Rgb]),
    /// Keeps only this hue (0 is red, in turns); everything else becomes grey.
    Spot(f32),
    /// Exposure: the target mean brightness, and how far to go towards it.
    Expose(f32, f32),
    /// Distant things fade into this colour, by this amount.
    Haze(Rgb, f32),
    /// Reduces brightness to this many steps.
    Steps(u8),
    /// Film grain.
    Grain(f32),
    /// Vignette: darker towards the edges.
    Vignette(f32),
    /// Bloom: bright parts glow.
    Bloom(f32),
    /// Letterbox bars, as a fraction of the height.
    Bars(f32),
    /// Blurs what is farther away than this depth.
    Focus(u8),
    /// Outlines: width in pixels at 360 lines, colour, wobble.
    Outline(f32, Rgb, f32),
    /// Cross-hatching in pencil on paper.
    Hatch,
    /// Rough marker strokes.
    Marker,
    /// Halftone dots of this size: ink darker than the paper.
    Halftone(f32),
    /// Watercolour on paper.
    Watercolour,
    /// Broad brush strokes of this length.
    Strokes(f32),
    /// Surface relief: paper, clay, rust. Lump size in pixels, strength.
    Surface(f32, f32),
    /// Lamp light on the forms: diffuse, gloss, backlight.
    Relight(f32, f32, f32),
    /// Inflated things, rounded over this many pixels from their edges: shading, gloss, rim light.
    Puff(f32, f32, f32, f32),
    /// Light in two colours from left and right, on edges of this width in pixels, with this
    /// strength.
    Duo(f32, Rgb, Rgb, f32),
    /// Thick sides and soft shadows of this length in pixels.
    Extrude(f32),
    /// Polished ground that reflects what stands on it.
    Mirror(f32),
    /// A backdrop instead of the sky: top and bottom colour.
    Backdrop(Rgb, Rgb),
    /// Square pixels of this size, with this many levels per channel.
    Pixels(usize, u8),
    /// Flat triangles of this size.
    Triangles(f32),
    /// Blocks in a parallel projection.
    Isometric,
    /// A smooth rotating sculpture on a plinth, in the scene's colours.
    Sculpture,
    /// White borders around things, on a dotted background.
    Stickers,
    /// Growth, frost, decay or light over the picture.
    Overlay(Overlay),
    /// Enlarges pictures to their full size: the scene and the earlier passes are computed at this
    /// many twelfths of it, for soft and expensive looks. Later passes have no form.
    Enlarge(usize),
}

/// Things drawn over a picture.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Overlay {
    /// Stains, peeled paint, cracks and dust.
    Decay,
    /// Ice from the edges and rime on things.
    Ice,
    /// Moss on things, roots and old wheels at the edges, spores.
    Moss,
    /// A neon grid on the ground, a striped sun, scan lines.
    Grid,
    /// Light lines on edges, light beams and instruments.
    Circuit,
    /// The streak and ghosts of a lens.
    Flare,
    /// A drawn frame with lines of writing below.
    Panel,
    /// A paper margin: its width as a fraction of the height, its raggedness.
    Margin(f32, f32, Rgb),
    /// The shadow of a window blind.
    Blinds,
    /// Slanted light beams.
    Beams(Rgb),
    /// Particles and rings of light that drift upwards, in two colours.
    Sparks(Rgb, Rgb),
    /// A lit stage: a spotlight in the middle, a table's edge below.
    Stage,
}

/// The treatment of one style.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Treatment {
    passes: &'static [Pass],
    /// Pictures per second; 24 is smooth.
    pub(crate) rate: u32,
    /// The encoder's quantiser: higher for grain and hatching.
    pub(crate) qp: u8,
}

/// Data that a treatment keeps between pictures of the same scene and size.
#[derive(Default)]
pub(crate) struct Kept {
    /// The tones of each pass that starts a run of them.
    tones: Vec<Option<tone::Tones>>,
    /// The per-pixel data of each pass.
    plates: Vec<Vec<u32>>,
    /// A canvas for treatments that redraw the scene.
    spare: Option<Canvas>,
    /// Buffers for enlarging.
    large: Vec<[u8; 4]>,
    /// The vignette: the light that remains of each pixel, in 1/256.
    shade: Vec<[u8; 4]>,
}

impl Treatment {
    /// The treatment of a style value; none for unknown values.
    pub(crate) fn of(value: &str) -> Self {
        let (rate, passes) = table::passes(value);
        Self { passes, rate, qp: qp(passes) }
    }

    /// A canvas for a scene that will be treated to a picture of this size.
    pub(crate) fn canvas(&self, full: (usize, usize)) -> Canvas {
        let (width, height) = self.drawn(full);
        Canvas::new(width, height)
    }

    /// The size at which a scene is drawn, given the size of the treated picture. Treatments that
    /// only sample the scene use a smaller one.
    pub(crate) fn drawn(&self, (width, height): (usize, usize)) -> (usize, usize) {
        // In twelfths.
        let part = |pass: &Pass| match pass {
            Pass::Isometric | Pass::Sculpture => 3,
            Pass::Triangles(_) => 6,
            Pass::Pixels(..) if height > 500 && width % 2 == 0 && height % 2 == 0 => 6,
            Pass::Enlarge(part) if height > 500 => *part,
            _ => 12,
        };
        let part = self.passes.iter().map(part).min().unwrap_or(12);
        ((width * part).div_ceil(12), (height * part).div_ceil(12))
    }

    /// Treats a drawn canvas to a picture of this size. `out` gets the pixels: red, green, blue and
    /// an ignored byte. `t` is the time in seconds. `kept` belongs to one scene and size. Between
    /// passes, `look` says whether to go on.
    pub(crate) fn apply(
        &self,
        canvas: &Canvas,
        full: (usize, usize),
        t: f32,
        kept: &mut Kept,
        out: &mut Vec<[u8; 4]>,
        look: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut px = std::mem::take(out);
        px.clear();
        px.extend_from_slice(&canvas.rgb);
        kept.tones.resize_with(self.passes.len(), || None);
        kept.plates.resize_with(self.passes.len(), Vec::new);
        let mut work = Work {
            w: canvas.width,
            h: canvas.height,
            full,
            px,
            form: &canvas.form,
            around: canvas.around,
            noise: canvas.noise,
            unit: canvas.height as f32 / 360.0,
            t,
            frame: (t * self.rate as f32 + 0.5) as u32,
            pass: 0,
            kept,
        };
        let mut rest = self.passes;
        while let Some(pass) = rest.first() {
            work.pass = self.passes.len() - rest.len();
            // Consecutive passes that only depend on colour run as one.
            let run = rest.iter().take_while(|pass| pass.is_tone()).count();
            if run > 0 {
                tone::tones(&mut work, &rest[..run]);
            } else {
                pass.apply(&mut work, canvas.light);
            }
            rest = &rest[run.max(1)..];
            look()?;
        }
        *out = work.px;
        ControlFlow::Continue(())
    }
}

/// The quantiser of a film: random detail is expensive to encode, and hides coding errors.
fn qp(passes: &[Pass]) -> u8 {
    let rough = |pass: &Pass| match pass {
        Pass::Grain(much) if *much > 10.0 => 32,
        Pass::Grain(much) if *much > 5.0 => 30,
        Pass::Hatch => 39,
        Pass::Marker | Pass::Strokes(_) => 30,
        _ => 27,
    };
    passes.iter().map(rough).max().unwrap_or(27)
}

impl Pass {
    /// Whether it maps colours to colours, independently of the position.
    fn is_tone(&self) -> bool {
        matches!(
            self,
            Self::Grade(..) | Self::Split(..) | Self::Ramp(_) | Self::Spot(_) | Self::Steps(_)
        )
    }

    fn apply(self, work: &mut Work<'_>, light: [f32; 3]) {
        match self {
            Self::Grade(..) | Self::Split(..) | Self::Ramp(_) | Self::Spot(_) | Self::Steps(_) => {
                tone::tones(work, &[self]);
            }
            Self::Expose(target, much) => tone::expose(work, target, much),
            Self::Haze(colour, much) => form::haze(work, colour, much),
            Self::Puff(radius, diffuse, gloss, rim) => {
                form::puff(work, radius, diffuse, gloss, rim);
            }
            Self::Duo(radius, left, right, much) => form::duo(work, radius, left, right, much),
            Self::Extrude(depth) => form::extrude(work, depth),
            Self::Mirror(much) => form::mirror(work, much),
            Self::Grain(much) => tone::grain(work, much),
            Self::Vignette(much) => tone::vignette(work, much),
            Self::Bloom(much) => tone::bloom(work, much),
            Self::Bars(part) => tone::bars(work, part),
            Self::Focus(depth) => tone::focus(work, depth),
            Self::Outline(width, colour, wobble) => ink::outline(work, width, colour, wobble),
            Self::Hatch => ink::hatch(work),
            Self::Marker => ink::marker(work),
            Self::Halftone(size) => ink::halftone(work, size),
            Self::Watercolour => ink::watercolour(work),
            Self::Strokes(length) => ink::strokes(work, length),
            Self::Stickers => ink::stickers(work),
            Self::Surface(size, much) => solid::surface(work, size, much),
            Self::Relight(diffuse, gloss, rim) => {
                solid::relight(work, light, diffuse, gloss, rim);
            }
            Self::Backdrop(top, bottom) => solid::backdrop(work, top, bottom),
            Self::Pixels(size, levels) => solid::pixels(work, size, levels),
            Self::Triangles(size) => solid::triangles(work, size),
            Self::Isometric => solid::isometric(work),
            Self::Sculpture => solid::sculpture(work),
            Self::Overlay(what) => overlay::draw(work, what),
            Self::Enlarge(_) => enlarge::enlarge(work),
        }
    }
}

/// A picture during treatment.
struct Work<'a> {
    w: usize,
    h: usize,
    /// The final size.
    full: (usize, usize),
    /// Colour and kind.
    px: Vec<[u8; 4]>,
    form: &'a [[u8; 4]],
    /// The colour of the ambient light, if it isn't daylight.
    around: Option<Rgb>,
    noise: &'static Tile,
    /// Pixels per pixel at 360 lines.
    unit: f32,
    t: f32,
    /// The number of the picture, at the style's rate.
    frame: u32,
    /// The index of the current pass.
    pass: usize,
    kept: &'a mut Kept,
}

impl Work<'_> {
    /// A canvas of the full size to redraw on, with one colour ramp as the background.
    fn fresh(&mut self, top: Rgb, bottom: Rgb) -> Canvas {
        let (w, h) = self.full;
        let mut canvas = self.kept.spare.take().unwrap_or_else(|| Canvas::new(w, h));
        for (y, row) in canvas.rgb.chunks_exact_mut(w).enumerate() {
            let tone = blend(top, bottom, y as f32 / h as f32);
            row.fill([tone[0], tone[1], tone[2], 0]);
        }
        canvas
    }

    /// Continues with the redrawn picture.
    fn renew(&mut self, canvas: Canvas) {
        (self.w, self.h) = self.full;
        self.unit = self.h as f32 / 360.0;
        self.px.clear();
        self.px.extend_from_slice(&canvas.rgb);
        self.kept.spare = Some(canvas);
    }

    /// Visits all pixels, with position and colour.
    fn each(&mut self, mut change: impl FnMut(usize, usize, &mut [u8; 4])) {
        let w = self.w;
        for (y, row) in self.px.chunks_exact_mut(w).enumerate() {
            for (x, p) in row.iter_mut().enumerate() {
                change(x, y, p);
            }
        }
    }

    /// The data that this pass computes once per pixel, and reuses in each picture.
    fn plate(&mut self, of: impl Fn(&Self, usize, usize) -> u32) -> Vec<u32> {
        let kept = std::mem::take(&mut self.kept.plates[self.pass]);
        if !kept.is_empty() {
            return kept;
        }
        (0..self.h)
            .flat_map(|y| (0..self.w).map(move |x| (x, y)))
            .map(|(x, y)| of(self, x, y))
            .collect()
    }

    /// Visits all pixels with their stored data.
    fn each_plated(
        &mut self,
        of: impl Fn(&Self, usize, usize) -> u32,
        mut change: impl FnMut(usize, &mut [u8; 4], u32),
    ) {
        let plate = self.plate(of);
        for (at, (p, own)) in self.px.iter_mut().zip(&plate).enumerate() {
            change(at, p, *own);
        }
        self.kept.plates[self.pass] = plate;
    }

    /// The pixel nearest to a position.
    fn sample(&self, x: f32, y: f32) -> [u8; 4] {
        let x = (x.max(0.0) as usize).min(self.w - 1);
        let y = (y.max(0.0) as usize).min(self.h - 1);
        self.px[y * self.w + x]
    }
}

/// Brightness, from 0 to 255.
fn luma(p: [u8; 4]) -> f32 {
    ((u32::from(p[0]) * 77 + u32::from(p[1]) * 150 + u32::from(p[2]) * 29) >> 8) as f32
}

/// Blends a pixel towards a colour.
fn towards(p: &mut [u8; 4], colour: Rgb, much: f32) {
    towards_by(p, colour, part(much));
}

/// Converts a fraction from 0 to 1 to 1/256, for [`towards_by`].
fn part(much: f32) -> i32 {
    (much.clamp(0.0, 1.0) * 256.0) as i32
}

/// Applies the same change to three channels at once, packed into one number, so that the compiler
/// processes several pixels together.
#[inline(always)]
fn channels(p: &mut [u8; 4], change: impl Fn(usize, i32) -> i32) {
    let own = u32::from_le_bytes(*p);
    let [r, g, b] = [own & 255, own >> 8 & 255, own >> 16 & 255].map(|c| c as i32);
    let (r, g, b) = (change(0, r) as u32, change(1, g) as u32, change(2, b) as u32);
    *p = (r | g << 8 | b << 16 | own & 0xff00_0000).to_le_bytes();
}

/// Blends a pixel towards a colour, in 1/256.
#[inline(always)]
fn towards_by(p: &mut [u8; 4], colour: Rgb, much: i32) {
    channels(p, |c, own| own + (((i32::from(colour[c]) - own) * (much & 511)) >> 8));
}

/// Multiplies a pixel's brightness by a factor.
fn shine(p: &mut [u8; 4], factor: f32) {
    shine_by(p, factor_of(factor));
}

/// Converts a factor to 1/256, for [`shine_by`].
fn factor_of(factor: f32) -> u32 {
    (factor.clamp(0.0, 63.9) * 256.0) as u32
}

/// Multiplies a pixel's brightness by a factor in 1/256, below 64.
#[inline(always)]
fn shine_by(p: &mut [u8; 4], k: u32) {
    let k = (k & 0x3fff) as i32;
    channels(p, |_, own| ((own * k) >> 8).min(255));
}

/// Adds to all three channels.
fn add(p: &mut [u8; 4], much: f32) {
    add_by(p, much as i32);
}

/// Adds to all three channels, as integers.
#[inline(always)]
fn add_by(p: &mut [u8; 4], much: i32) {
    channels(p, |_, own| (own + much).clamp(0, 255));
}
