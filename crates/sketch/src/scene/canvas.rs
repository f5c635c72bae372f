//! The canvas: pixels with colour, form and depth, and filled shapes.
//!
//! It must not know what a shape represents.

mod cover;
mod noise;

pub(crate) use noise::{ONE, Tile, Walk};

use cover::{Area, Grain, Row};

/// The kind of thing that a pixel shows. Styles treat kinds differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The sky, or the farthest background.
    Sky,
    /// Ground, hills, walls.
    Land,
    /// Water.
    Water,
    /// Plants.
    Plant,
    /// Buildings and other built things.
    Built,
    /// Animals, people, vehicles and other single things.
    Figure,
    /// Light sources.
    Light,
}

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// A point: x to the right, y down, in pixels.
pub(crate) type Point = (f32, f32);

/// A picture that is being drawn.
#[derive(Clone)]
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Red, green, blue, and the [`Kind`] as a number.
    pub(crate) rgb: Vec<[u8; 4]>,
    /// The form: the surface's slope to the right and down (128 is flat), the distance (0 is near,
    /// 255 the sky), and an id that distinguishes neighbouring things.
    pub(crate) form: Vec<[u8; 4]>,
    /// The direction towards the light: right, down, and towards the viewer; of length 1.
    pub(crate) light: [f32; 3],
    /// The colour of the ambient light, if it isn't daylight: at night, in space, under water.
    pub(crate) around: Option<Rgb>,
    /// Noise that repeats every 256 pixels in both directions, for surfaces and clouds.
    pub(crate) noise: &'static Tile,
    cover: Vec<f32>,
    next_id: u8,
}

/// The fill of a shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    /// The colour at its top.
    pub(crate) top: Rgb,
    /// The colour at its bottom.
    pub(crate) bottom: Rgb,
    /// Opacity, from 0 to 1.
    pub(crate) alpha: f32,
    /// How far it bulges, from 0 (flat) to 1 (a ball).
    pub(crate) round: f32,
    /// The kind of thing.
    pub(crate) kind: Kind,
    /// The distance, from 0 to 255.
    pub(crate) depth: u8,
    /// Whether it continues the shape before it, without an outline between them.
    pub(crate) joined: bool,
    /// Its texture, if the surface isn't even.
    pub(crate) texture: Option<Texture>,
}

/// A texture made from the canvas's noise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texture {
    /// The position of its origin, in pixels, so that it moves with the thing that it is on.
    pub(crate) origin: Point,
    /// The size of its lumps in pixels, horizontally and vertically.
    pub(crate) size: (f32, f32),
    /// The change of brightness; 0.3 is clearly visible.
    pub(crate) shade: f32,
    /// How much its relief shows in light from the side.
    pub(crate) relief: f32,
    /// A cover on everything above this height (in pixels): snow on a mountain.
    pub(crate) cap: Option<(f32, Rgb)>,
}

impl Paint {
    /// A single colour, flat.
    pub(crate) fn flat(colour: Rgb, kind: Kind, depth: u8) -> Self {
        Self {
            top: colour,
            bottom: colour,
            alpha: 1.0,
            round: 0.0,
            kind,
            depth,
            joined: false,
            texture: None,
        }
    }

    /// A gradient from top to bottom.
    pub(crate) fn shaded(top: Rgb, bottom: Rgb, kind: Kind, depth: u8) -> Self {
        Self { bottom, ..Self::flat(top, kind, depth) }
    }

    pub(crate) fn round(self, round: f32) -> Self {
        Self { round, ..self }
    }

    pub(crate) fn alpha(self, alpha: f32) -> Self {
        Self { alpha, ..self }
    }

    pub(crate) fn texture(self, texture: Texture) -> Self {
        Self { texture: Some(texture), ..self }
    }

    pub(crate) fn joined(self) -> Self {
        Self { joined: true, ..self }
    }
}

/// A mix of two colours.
pub(crate) fn blend(a: Rgb, b: Rgb, t: f32) -> Rgb {
    let t = (t.clamp(0.0, 1.0) * 256.0) as i32;
    std::array::from_fn(|c| {
        (i32::from(a[c]) + (((i32::from(b[c]) - i32::from(a[c])) * t) >> 8)) as u8
    })
}

/// A colour, lighter (above 1) or darker (below 1).
pub(crate) fn scale(a: Rgb, factor: f32) -> Rgb {
    let k = (factor.clamp(0.0, 64.0) * 256.0) as u32;
    a.map(|c| ((u32::from(c) * k) >> 8).min(255) as u8)
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let n = width * height;
        Self {
            width,
            height,
            rgb: vec![[0; 4]; n],
            form: vec![[128, 128, 255, 0]; n],
            light: [-0.5, -0.6, 0.62],
            around: None,
            noise: Tile::shared(),
            cover: Vec::new(),
            next_id: 0,
        }
    }

    /// How many columns may share one texture lookup: two in large pictures.
    pub(crate) fn step(&self) -> usize {
        if self.height > 400 { 2 } else { 1 }
    }

    /// Clears everything except the size.
    pub(crate) fn clear(&mut self) {
        self.form.fill([128, 128, 255, 0]);
        self.next_id = 0;
    }

    /// Fills an outline, which is closed automatically. Self-intersecting outlines use the non-zero
    /// winding rule.
    pub(crate) fn fill(&mut self, outline: &[Point], paint: &Paint) {
        self.fill_all(&[outline], paint);
    }

    /// Fills several outlines as one shape.
    pub(crate) fn fill_all(&mut self, outlines: &[&[Point]], paint: &Paint) {
        let (mut x0, mut y0, mut x1, mut y1) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
        for (x, y) in outlines.iter().flat_map(|o| o.iter()) {
            if !x.is_finite() || !y.is_finite() {
                return;
            }
            (x0, x1) = (x0.min(*x), x1.max(*x));
            (y0, y1) = (y0.min(*y), y1.max(*y));
        }
        let (w, h) = (self.width as f32, self.height as f32);
        if x1 <= 0.0 || y1 <= 0.0 || x0 >= w || y0 >= h || x0 > x1 {
            return;
        }
        let left = x0.max(0.0).floor() as usize;
        let top = y0.max(0.0).floor() as usize;
        let right = (x1.min(w).ceil() as usize).min(self.width);
        let bottom = (y1.min(h).ceil() as usize).min(self.height);
        if left >= right || top >= bottom {
            return;
        }
        let stride = right - left + 2;
        let mut cover = std::mem::take(&mut self.cover);
        cover.clear();
        cover.resize(stride * (bottom - top), 0.0);
        let area = Area { left: left as f32, top: top as f32, stride, rows: bottom - top };
        for outline in outlines {
            let mut from = outline.last().copied().unwrap_or_default();
            for to in *outline {
                area.edge(&mut cover, from, *to);
                from = *to;
            }
        }
        if !paint.joined {
            self.next_id = self.next_id.wrapping_add(1);
        }
        for row in 0..bottom - top {
            let y = top + row;
            let line = &cover[row * stride..(row + 1) * stride];
            self.fill_row(line, left, right, y, (y0, y1), paint);
        }
        self.cover = cover;
    }

    fn fill_row(
        &mut self,
        line: &[f32],
        left: usize,
        right: usize,
        y: usize,
        (y0, y1): (f32, f32),
        paint: &Paint,
    ) {
        let along = ((y as f32 + 0.5 - y0) / (y1 - y0).max(0.01)).clamp(0.0, 1.0);
        let colour = blend(paint.top, paint.bottom, along);
        // Textures are soft.
        let step = self.step();
        let from = y * self.width + left;
        let row = Row {
            line: &line[..right - left],
            rgb: &mut self.rgb[from..from + right - left],
            form: &mut self.form[from..from + right - left],
            kind: paint.kind as u8,
            alpha: paint.alpha,
        };
        let form = [128, 128, paint.depth, self.next_id];
        let light = self.light;
        let ny = (along * 2.0 - 1.0) * paint.round;
        let bulge = |nx: f32| {
            let nz = (1.0 - (nx * nx + ny * ny).min(0.96)).sqrt();
            let towards = nx * light[0] + ny * light[1] + nz * light[2];
            let lit = scale(colour, 1.0 + (towards - 0.55) * 0.55 * paint.round.min(1.0));
            let tilt = |n: f32| (128.0 + n.clamp(-1.0, 1.0) * 127.0) as u8;
            (lit, [tilt(nx), tilt(ny), form[2], form[3]])
        };
        let Some(texture) = &paint.texture else {
            if paint.round > 0.0 {
                row.round(paint.round, bulge, 1, None::<fn(usize) -> Grain>);
            } else {
                row.flat(colour, form);
            }
            return;
        };
        let (kx, ky) = (64.0 / texture.size.0, 64.0 / texture.size.1);
        let v = (y as f32 - texture.origin.1) * ky;
        let u = (left as f32 - texture.origin.0) * kx;
        let side = light[0].signum() as i32;
        let own = self.noise.row(v);
        let slopes = own.slope(&self.noise.row(v - 3.0), 5 * side);
        let walk = Walk::new(u, kx * step as f32);
        let fixed = |x: f32| (x * 65536.0 / ONE as f32) as i32;
        let (shade, relief) = (fixed(texture.shade * 256.0), fixed(texture.relief * 256.0));
        let (lean, ragged) = (fixed(texture.relief * 160.0), fixed(texture.size.1 * 1.5));
        let cap = texture.cap.map(|cap| (y as i32 - cap.0 as i32, cap.1));
        let grain = |group: usize| {
            let place = walk.at(group);
            let (n, slope) = (own.whole(place) - ONE / 2, slopes.whole(place));
            let lean = ((slope * lean) >> 16).clamp(-100, 100);
            Grain {
                shade: (256 + ((n * shade) >> 16) + ((slope * relief) >> 16)).max(0) as u32,
                lean: [lean * side, (lean * 154) >> 8],
                cap: cap.filter(|cap| cap.0 < (n * ragged) >> 16).map(|cap| cap.1),
            }
        };
        if paint.round > 0.0 {
            row.round(paint.round, bulge, step, Some(grain));
        } else {
            row.grained(step, colour, form, grain);
        }
    }

    /// Starts a new id for what is drawn next, so that styles see its edge.
    pub(crate) fn part(&mut self) {
        self.next_id = self.next_id.wrapping_add(1);
    }

    /// Continues with ids from this one on; the ids before it are in use.
    pub(crate) fn parts_from(&mut self, number: u8) {
        self.next_id = number;
    }

    /// The id of what was drawn last.
    pub(crate) fn last_part(&self) -> u8 {
        self.next_id
    }

    /// Adds light around a point that falls off to nothing at `radius`.
    pub(crate) fn glow(&mut self, centre: Point, radius: f32, colour: Rgb, strength: f32) {
        // In a wide glow, neighbouring pixels get the same light.
        match radius {
            wide if wide > 192.0 => self.shine::<4>(centre, radius, colour, strength),
            wide if wide > 96.0 => self.shine::<2>(centre, radius, colour, strength),
            _ => self.shine::<1>(centre, radius, colour, strength),
        }
    }

    /// Adds light to `N` pixels at a time.
    fn shine<const N: usize>(&mut self, (cx, cy): Point, radius: f32, colour: Rgb, strength: f32) {
        let rows =
            (cy - radius).max(0.0) as usize..(cy + radius).clamp(0.0, self.height as f32) as usize;
        let inverse = 1.0 / (radius * radius);
        // Sixteen fractional bits: a glow is wide and faint, and must not show steps.
        let strength = (strength * 65536.0).clamp(0.0, 8.0 * 65536.0);
        let colour = colour.map(u32::from);
        for y in rows {
            let dy = y as f32 + 0.5 - cy;
            let off = dy * dy * inverse;
            let reach = (1.0 - off).max(0.0).sqrt() * radius;
            let left = (cx - reach).max(0.0) as usize;
            let right = (cx + reach).clamp(0.0, self.width as f32) as usize;
            let row = &mut self.rgb[y * self.width..(y + 1) * self.width];
            if left >= right {
                continue;
            }
            let light = |i: usize| {
                let dx = (left + i * N) as f32 + 0.5 * N as f32 - cx;
                let near = (1.0 - dx * dx * inverse - off).max(0.0);
                let fall = (near * near * strength) as u32;
                let [r, g, b] = colour.map(|c| ((c * fall) >> 16).min(255) as u8);
                [[r, g, b, 0]; N]
            };
            let add = |pixels: &mut [[u8; 4]], light: [[u8; 4]; N]| {
                let bytes = pixels.as_flattened_mut().iter_mut().zip(light.as_flattened());
                bytes.for_each(|(own, light)| *own = own.saturating_add(*light));
            };
            let (whole, rest) = row[left..right].as_chunks_mut::<N>();
            let last = light(whole.len());
            whole.iter_mut().enumerate().for_each(|(i, pixels)| add(pixels, light(i)));
            add(rest, last);
        }
    }

    /// A stroke of constant width through points.
    pub(crate) fn stroke(&mut self, points: &[Point], width: f32, paint: &Paint) {
        let mut paint = *paint;
        for pair in points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let length = (dx * dx + dy * dy).sqrt().max(0.001);
            let (nx, ny) = (-dy / length * width / 2.0, dx / length * width / 2.0);
            // Slightly too long, so that segments join without a gap.
            let (ex, ey) = (dx / length * width * 0.3, dy / length * width * 0.3);
            let quad = [
                (a.0 + nx - ex, a.1 + ny - ey),
                (b.0 + nx + ex, b.1 + ny + ey),
                (b.0 - nx + ex, b.1 - ny + ey),
                (a.0 - nx - ex, a.1 - ny - ey),
            ];
            self.fill(&quad, &paint);
            paint.joined = true;
        }
    }

    /// An ellipse.
    pub(crate) fn ellipse(&mut self, centre: Point, rx: f32, ry: f32, paint: &Paint) {
        self.fill(&ellipse(centre, rx, ry), paint);
    }
}

/// The outline of an ellipse, with enough points for its size.
pub(crate) fn ellipse((cx, cy): Point, rx: f32, ry: f32) -> Vec<Point> {
    let steps = ((rx.abs() + ry.abs()).sqrt() * 3.0).clamp(8.0, 72.0) as usize;
    (0..steps)
        .map(|i| {
            let turn = i as f32 / steps as f32;
            let (s, c) = (crate::math::fast_sin(turn), crate::math::fast_sin(turn + 0.25));
            (cx + rx * c, cy + ry * s)
        })
        .collect()
}
