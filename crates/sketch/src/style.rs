//! Styles: how a drawn scene is treated, each by its name.
//!
//! A treatment works on pixels, with what the canvas knows of their form and kind. It must not know
//! what the scene was made from.

mod form;
mod ink;
mod overlay;
mod solid;
mod table;
mod tone;

use crate::scene::Canvas;
use crate::scene::canvas::{Rgb, Tile};

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
}

impl Treatment {
    /// The treatment of a style value; unknown values are left plain.
    pub(crate) fn of(value: &str) -> Self {
        let (rate, passes) = table::passes(value);
        Self { passes, rate }
    }

    /// Treats a drawn canvas; `out` takes the pixels: red, green, blue and a byte that means
    /// nothing any more. `t` is the time in seconds.
    pub(crate) fn apply(&self, canvas: &Canvas, t: f32, out: &mut Vec<[u8; 4]>) {
        let mut px = std::mem::take(out);
        px.clear();
        px.extend_from_slice(&canvas.rgb);
        let mut work = Work {
            w: canvas.width,
            h: canvas.height,
            px,
            form: &canvas.form,
            noise: &canvas.noise,
            unit: canvas.height as f32 / 360.0,
            t,
            frame: (t * self.rate as f32 + 0.5) as u32,
        };
        for pass in self.passes {
            match *pass {
                Pass::Grade(saturation, contrast, brightness, tint, much) => {
                    tone::grade(&mut work, saturation, contrast, brightness, tint, much);
                }
                Pass::Split(dark, light, much) => tone::split(&mut work, dark, light, much),
                Pass::Ramp(colours) => tone::ramp(&mut work, colours),
                Pass::Spot(hue) => tone::spot(&mut work, hue),
                Pass::Expose(target, much) => tone::expose(&mut work, target, much),
                Pass::Haze(colour, much) => form::haze(&mut work, colour, much),
                Pass::Puff(radius, diffuse, gloss, rim) => {
                    form::puff(&mut work, radius, diffuse, gloss, rim);
                }
                Pass::Duo(radius, left, right, much) => {
                    form::duo(&mut work, radius, left, right, much);
                }
                Pass::Extrude(depth) => form::extrude(&mut work, depth),
                Pass::Mirror(much) => form::mirror(&mut work, much),
                Pass::Steps(steps) => tone::steps(&mut work, steps),
                Pass::Grain(much) => tone::grain(&mut work, much),
                Pass::Vignette(much) => tone::vignette(&mut work, much),
                Pass::Bloom(much) => tone::bloom(&mut work, much),
                Pass::Bars(part) => tone::bars(&mut work, part),
                Pass::Focus(depth) => tone::focus(&mut work, depth),
                Pass::Outline(width, colour, wobble) => {
                    ink::outline(&mut work, width, colour, wobble);
                }
                Pass::Hatch => ink::hatch(&mut work),
                Pass::Marker => ink::marker(&mut work),
                Pass::Halftone(size) => ink::halftone(&mut work, size),
                Pass::Watercolour => ink::watercolour(&mut work),
                Pass::Strokes(length) => ink::strokes(&mut work, length),
                Pass::Stickers => ink::stickers(&mut work),
                Pass::Surface(size, much) => solid::surface(&mut work, size, much),
                Pass::Relight(diffuse, gloss, rim) => {
                    solid::relight(&mut work, canvas.light, diffuse, gloss, rim);
                }
                Pass::Backdrop(top, bottom) => solid::backdrop(&mut work, top, bottom),
                Pass::Pixels(size, levels) => solid::pixels(&mut work, size, levels),
                Pass::Triangles(size) => solid::triangles(&mut work, size),
                Pass::Isometric => solid::isometric(&mut work),
                Pass::Sculpture => solid::sculpture(&mut work),
                Pass::Overlay(what) => overlay::draw(&mut work, what),
            }
        }
        *out = work.px;
    }
}

/// A picture under treatment.
struct Work<'a> {
    w: usize,
    h: usize,
    /// Colour and kind.
    px: Vec<[u8; 4]>,
    form: &'a [[u8; 4]],
    noise: &'a Tile,
    /// Pixels to one pixel at 360 lines.
    unit: f32,
    t: f32,
    /// Counts the pictures that the style shows.
    frame: u32,
}

impl Work<'_> {
    /// Runs over all pixels: place and colour.
    fn each(&mut self, mut change: impl FnMut(usize, usize, &mut [u8; 4])) {
        let w = self.w;
        for (y, row) in self.px.chunks_exact_mut(w).enumerate() {
            for (x, p) in row.iter_mut().enumerate() {
                change(x, y, p);
            }
        }
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
    let much = (much.clamp(0.0, 1.0) * 256.0) as i32;
    for c in 0..3 {
        let own = i32::from(p[c]);
        p[c] = (own + (((i32::from(colour[c]) - own) * much) >> 8)) as u8;
    }
}

/// Makes a pixel lighter or darker by a factor.
fn shine(p: &mut [u8; 4], factor: f32) {
    let k = (factor.max(0.0) * 256.0) as u32;
    for c in &mut p[..3] {
        *c = ((u32::from(*c) * k) >> 8).min(255) as u8;
    }
}

/// Adds to all three channels.
fn add(p: &mut [u8; 4], much: f32) {
    let much = much as i32;
    for c in &mut p[..3] {
        *c = (i32::from(*c) + much).clamp(0, 255) as u8;
    }
}
