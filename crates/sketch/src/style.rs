//! Styles: how a drawn scene is treated, each by its name.
//!
//! A treatment works on pixels, with what the canvas knows of their form and kind. It must not know
//! what the scene was made from.

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
    /// Colour strength, contrast, brightness; a tint and how far.
    Grade(f32, f32, f32, Rgb, f32),
    /// Shadows and lights of different colours, and how far.
    Split(Rgb, Rgb, f32),
    /// Brightness maps to colours, from dark to light.
    Ramp(&'static [Rgb]),
    /// Keeps only that hue (0 red, in turns); everything else goes grey.
    Spot(f32),
    /// A camera's exposure: the mean brightness it aims at, and how far of the way it goes.
    Expose(f32, f32),
    /// Far things fade into that colour, so much.
    Haze(Rgb, f32),
    /// Brightness in so many steps.
    Steps(u8),
    /// Film grain.
    Grain(f32),
    /// Darker towards the edges.
    Vignette(f32),
    /// Bright parts shine over.
    Bloom(f32),
    /// Bars above and below, as a part of the height.
    Bars(f32),
    /// Blurs what is farther than that depth.
    Focus(u8),
    /// Lines around things: width in pixels at 360 lines, colour, wobble.
    Outline(f32, Rgb, f32),
    /// Shading by crossed pencil lines on paper.
    Hatch,
    /// Rough tones of a marker.
    Marker,
    /// Printed dots of that size: ink darker than the paper.
    Halftone(f32),
    /// Wet paint on paper.
    Watercolour,
    /// Broad brush strokes of that length.
    Strokes(f32),
    /// The relief of a surface: paper, clay, rust. Lump size in pixels, strength.
    Surface(f32, f32),
    /// Light from a lamp on the forms: diffuse, gloss, light from behind.
    Relight(f32, f32, f32),
    /// Things blown up, over that many pixels from their edges: light and shade, gloss, rim.
    Puff(f32, f32, f32, f32),
    /// Light of two colours from left and right on edges that many pixels wide, so much.
    Duo(f32, Rgb, Rgb, f32),
    /// Thick sides and soft shadows, that many pixels long.
    Extrude(f32),
    /// Polished ground that mirrors what stands on it.
    Mirror(f32),
    /// A backdrop instead of the sky, top and bottom.
    Backdrop(Rgb, Rgb),
    /// Square pixels of that size, that many levels a channel.
    Pixels(usize, u8),
    /// Flat triangles of that size.
    Triangles(f32),
    /// Blocks in parallel projection.
    Isometric,
    /// A smooth turning form on a plinth, in the scene's colours.
    Sculpture,
    /// White borders around things, on a dotted ground.
    Stickers,
    /// What grows, freezes, decays or glows over the picture.
    Overlay(Overlay),
    /// Brings large pictures to their full size: the scene and what comes before are drawn at so
    /// many twelfths of it. For looks that are soft, and dear. What comes after knows no form.
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
    /// Light lines on edges, beams and instruments.
    Circuit,
    /// The streak and the ghosts of a lens.
    Flare,
    /// A drawn frame with lines of writing below.
    Panel,
    /// A margin of bare paper: width as a part of the height, how ragged.
    Margin(f32, f32, Rgb),
    /// The shadow of a blind.
    Blinds,
    /// Slanted beams of light.
    Beams(Rgb),
    /// Specks and rings of light that drift upwards, in two colours.
    Sparks(Rgb, Rgb),
    /// A light stage: a spot on the middle, a table's edge below.
    Stage,
}

/// How one style treats a scene.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Treatment {
    passes: &'static [Pass],
    /// Pictures a second that it shows; 24 is smooth.
    pub(crate) rate: u32,
    /// How coarse the film may be, for the encoder: where there is grain or hatching, more.
    pub(crate) qp: u8,
}

/// What a treatment keeps from picture to picture of one scene at one size: all that doesn't change
/// between them.
#[derive(Default)]
pub(crate) struct Kept {
    /// For each pass that begins a run of tones.
    tones: Vec<Option<tone::Tones>>,
    /// For each pass, what it worked out for each pixel.
    plates: Vec<Vec<u32>>,
    /// A canvas for treatments that draw anew.
    spare: Option<Canvas>,
    /// Pixels to enlarge to.
    large: Vec<[u8; 4]>,
    /// How much of each pixel's light a lens lets through, in 1/256.
    shade: Vec<[u8; 4]>,
}

impl Treatment {
    /// The treatment of a style value; unknown values are left plain.
    pub(crate) fn of(value: &str) -> Self {
        let (rate, passes) = table::passes(value);
        Self { passes, rate, qp: qp(passes) }
    }

    /// A canvas for scenes that are to be treated to pictures of that size.
    pub(crate) fn canvas(&self, full: (usize, usize)) -> Canvas {
        let (width, height) = self.drawn(full);
        Canvas::new(width, height)
    }

    /// How large scenes are drawn that are to be treated to pictures of that size. Treatments that
    /// only look at a scene here and there take a smaller one.
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

    /// Treats a drawn canvas to a picture of that size; `out` takes the pixels: red, green, blue
    /// and a byte that means nothing any more. `t` is the time in seconds. `kept` is for pictures
    /// of the same scene and size. Between the passes `look` says whether to go on.
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
            // Passes that look at nothing but a colour are done at once.
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

/// How coarse films may be: what is random is dear to encode, and hides what is lost.
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
    /// Whether it maps colours to colours, wherever they are.
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

/// A picture under treatment.
struct Work<'a> {
    w: usize,
    h: usize,
    /// The size that it is to have in the end.
    full: (usize, usize),
    /// Colour and kind.
    px: Vec<[u8; 4]>,
    form: &'a [[u8; 4]],
    /// The light all around, where that is no daylight.
    around: Option<Rgb>,
    noise: &'static Tile,
    /// Pixels to one pixel at 360 lines.
    unit: f32,
    t: f32,
    /// Counts the pictures that the style shows.
    frame: u32,
    /// Which pass it is.
    pass: usize,
    kept: &'a mut Kept,
}

impl Work<'_> {
    /// A canvas of the full size to draw on anew, with one colour ramp behind.
    fn fresh(&mut self, top: Rgb, bottom: Rgb) -> Canvas {
        let (w, h) = self.full;
        let mut canvas = self.kept.spare.take().unwrap_or_else(|| Canvas::new(w, h));
        for (y, row) in canvas.rgb.chunks_exact_mut(w).enumerate() {
            let tone = blend(top, bottom, y as f32 / h as f32);
            row.fill([tone[0], tone[1], tone[2], 0]);
        }
        canvas
    }

    /// Goes on with what was drawn anew.
    fn renew(&mut self, canvas: Canvas) {
        (self.w, self.h) = self.full;
        self.unit = self.h as f32 / 360.0;
        self.px.clear();
        self.px.extend_from_slice(&canvas.rgb);
        self.kept.spare = Some(canvas);
    }

    /// Runs over all pixels: place and colour.
    fn each(&mut self, mut change: impl FnMut(usize, usize, &mut [u8; 4])) {
        let w = self.w;
        for (y, row) in self.px.chunks_exact_mut(w).enumerate() {
            for (x, p) in row.iter_mut().enumerate() {
                change(x, y, p);
            }
        }
    }

    /// What this pass works out once for each pixel, and looks up in each picture.
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

    /// Runs over all pixels with what is kept for each.
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

    /// The pixel nearest to a place.
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

/// Draws a pixel towards a colour.
fn towards(p: &mut [u8; 4], colour: Rgb, much: f32) {
    towards_by(p, colour, part(much));
}

/// A part from 0 to 1 in 1/256, for [`towards_by`].
fn part(much: f32) -> i32 {
    (much.clamp(0.0, 1.0) * 256.0) as i32
}

/// Changes the three channels of a pixel alike. All in one number: the compiler then works on
/// several pixels at once.
#[inline(always)]
fn channels(p: &mut [u8; 4], change: impl Fn(usize, i32) -> i32) {
    let own = u32::from_le_bytes(*p);
    let [r, g, b] = [own & 255, own >> 8 & 255, own >> 16 & 255].map(|c| c as i32);
    let (r, g, b) = (change(0, r) as u32, change(1, g) as u32, change(2, b) as u32);
    *p = (r | g << 8 | b << 16 | own & 0xff00_0000).to_le_bytes();
}

/// Draws a pixel towards a colour, in 1/256.
#[inline(always)]
fn towards_by(p: &mut [u8; 4], colour: Rgb, much: i32) {
    channels(p, |c, own| own + (((i32::from(colour[c]) - own) * (much & 511)) >> 8));
}

/// Makes a pixel lighter or darker by a factor.
fn shine(p: &mut [u8; 4], factor: f32) {
    shine_by(p, factor_of(factor));
}

/// A factor in 1/256, for [`shine_by`].
fn factor_of(factor: f32) -> u32 {
    (factor.clamp(0.0, 63.9) * 256.0) as u32
}

/// Makes a pixel lighter or darker by a factor in 1/256, below 64.
#[inline(always)]
fn shine_by(p: &mut [u8; 4], k: u32) {
    let k = (k & 0x3fff) as i32;
    channels(p, |_, own| ((own * k) >> 8).min(255));
}

/// Adds to all three channels.
fn add(p: &mut [u8; 4], much: f32) {
    add_by(p, much as i32);
}

/// Adds to all three channels, in whole steps.
#[inline(always)]
fn add_by(p: &mut [u8; 4], much: i32) {
    channels(p, |_, own| (own + much).clamp(0, 255));
}
