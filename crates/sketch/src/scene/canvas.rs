//! The canvas: pixels with colour, form and depth, and the filling of shapes.
//!
//! It must not know what a shape stands for.

use crate::math::{floor, mix, smooth};
use crate::rng::speckle;

/// What kind of thing a pixel shows. Styles treat them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The sky, or whatever is farthest.
    Sky,
    /// Ground, hills, walls.
    Land,
    /// Water.
    Water,
    /// Plants.
    Plant,
    /// What people built.
    Built,
    /// Animals, people, vehicles and other single things.
    Figure,
    /// What gives light of its own.
    Light,
}

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// A point: x to the right, y down, in pixels.
pub(crate) type Point = (f32, f32);

/// A picture in the making.
#[derive(Clone)]
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Red, green, blue, and the [`Kind`] as a number.
    pub(crate) rgb: Vec<[u8; 4]>,
    /// The form: the surface's tilt to the right and down (128 is flat), the distance (0 is here,
    /// 255 the sky), and a number that tells neighbouring things apart.
    pub(crate) form: Vec<[u8; 4]>,
    /// Where the light comes from: right, down, and towards us; of length 1.
    pub(crate) light: [f32; 3],
    /// Noise that repeats every 256 pixels both ways, for surfaces and clouds.
    pub(crate) noise: Tile,
    cover: Vec<f32>,
    next_id: u8,
}

/// A square of noise that can be laid side by side.
#[derive(Clone)]
pub(crate) struct Tile(Vec<u8>);

impl Tile {
    const SIDE: i32 = 256;

    fn new(seed: u32) -> Self {
        let mut sums = vec![0.0f32; (Self::SIDE * Self::SIDE) as usize];
        let mut weight = 0.5;
        for octave in 0..5 {
            // Cells of 64 pixels, then 32, down to 4; the lattice wraps.
            let cell = 64 >> octave;
            let cells = Self::SIDE / cell;
            let corner = |x: i32, y: i32| speckle(x % cells, y % cells, seed + octave as u32);
            for y in 0..Self::SIDE {
                for x in 0..Self::SIDE {
                    let (cx, cy) = (x / cell, y / cell);
                    let u = smooth(0.0, 1.0, (x % cell) as f32 / cell as f32);
                    let v = smooth(0.0, 1.0, (y % cell) as f32 / cell as f32);
                    let top = mix(corner(cx, cy), corner(cx + 1, cy), u);
                    let bottom = mix(corner(cx, cy + 1), corner(cx + 1, cy + 1), u);
                    sums[(y * Self::SIDE + x) as usize] += mix(top, bottom, v) * weight;
                }
            }
            weight *= 0.55;
        }
        // Stretched to the whole range: sums of noise crowd around the middle.
        let (low, high) = sums.iter().fold((f32::MAX, 0.0f32), |(l, h), s| (l.min(*s), h.max(*s)));
        Self(sums.iter().map(|s| ((s - low) / (high - low) * 255.0) as u8).collect())
    }

    /// The noise at a place, from 0 to 1. One lump is about 64 wide.
    #[inline]
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (fx, fy) = (floor(x), floor(y));
        let (u, v) = (x - fx, y - fy);
        let (ix, iy) = (fx as i32 & 255, fy as i32 & 255);
        let (jx, jy) = ((ix + 1) & 255, (iy + 1) & 255);
        let get = |x: i32, y: i32| f32::from(self.0[(y * Self::SIDE + x) as usize]);
        let top = get(ix, iy) + (get(jx, iy) - get(ix, iy)) * u;
        let bottom = get(ix, jy) + (get(jx, jy) - get(ix, jy)) * u;
        (top + (bottom - top) * v) * (1.0 / 255.0)
    }
}

/// How a shape is filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    /// The colour at its top.
    pub(crate) top: Rgb,
    /// The colour at its bottom.
    pub(crate) bottom: Rgb,
    /// From 0, nothing, to 1.
    pub(crate) alpha: f32,
    /// How far it bulges, from 0 (a sheet) to 1 (a ball).
    pub(crate) round: f32,
    /// What it is.
    pub(crate) kind: Kind,
    /// How far away it is, from 0 to 255.
    pub(crate) depth: u8,
    /// Whether it goes on with the shape before it: no outline between them.
    pub(crate) joined: bool,
    /// Its surface, where it is not even.
    pub(crate) texture: Option<Texture>,
}

/// An uneven surface, out of the canvas's noise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texture {
    /// Where its origin lies, in pixels, so that it moves with what it is on.
    pub(crate) origin: Point,
    /// Size of its lumps in pixels, across and down.
    pub(crate) size: (f32, f32),
    /// How much lighter and darker it makes the colour; 0.3 is plain to see.
    pub(crate) shade: f32,
    /// How much light from the side shows its relief.
    pub(crate) relief: f32,
    /// A cover on all that is above that height (in pixels): snow on a mountain.
    pub(crate) cap: Option<(f32, Rgb)>,
}

impl Paint {
    /// One colour, flat.
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

/// A colour made lighter (above 1) or darker (below 1).
pub(crate) fn scale(a: Rgb, factor: f32) -> Rgb {
    a.map(|c| (f32::from(c) * factor).clamp(0.0, 255.0) as u8)
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
            noise: Tile::new(5),
            cover: Vec::new(),
            next_id: 0,
        }
    }

    /// Forgets everything but the size.
    pub(crate) fn clear(&mut self) {
        self.form.fill([128, 128, 255, 0]);
        self.next_id = 0;
    }

    /// Fills the outline, which closes itself. Outlines that cross themselves fill what they wind
    /// around.
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
        let mut sum = 0.0;
        let mut x = 0;
        let count = right - left;
        let mut span_end = 0;
        let mut span = (0.0, 1.0);
        while x < count {
            sum += line[x];
            let cover = sum.abs().min(1.0);
            if cover < 0.004 {
                x += 1;
                continue;
            }
            if paint.round > 0.0 && x >= span_end {
                // The run of covered pixels: how far along it we are tells how the form turns.
                let (mut ahead, mut end) = (sum, x + 1);
                while end < count {
                    ahead += line[end];
                    if ahead.abs() < 0.5 {
                        break;
                    }
                    end += 1;
                }
                span_end = end;
                span = (x as f32, (end - x) as f32);
            }
            let at = y * self.width + left + x;
            let mut lit = colour;
            let mut form = [128, 128, paint.depth, self.next_id];
            if paint.round > 0.0 {
                let nx = ((x as f32 - span.0 + 0.5) / span.1 * 2.0 - 1.0) * paint.round;
                let ny = (along * 2.0 - 1.0) * paint.round;
                let nz = (1.0 - (nx * nx + ny * ny).min(0.96)).sqrt();
                let towards = nx * self.light[0] + ny * self.light[1] + nz * self.light[2];
                lit = scale(colour, 1.0 + (towards - 0.55) * 0.55 * paint.round.min(1.0));
                form[0] = (128.0 + nx.clamp(-1.0, 1.0) * 127.0) as u8;
                form[1] = (128.0 + ny.clamp(-1.0, 1.0) * 127.0) as u8;
            }
            if let Some(texture) = &paint.texture {
                let (px, py) = ((left + x) as f32, y as f32);
                let (kx, ky) = (64.0 / texture.size.0, 64.0 / texture.size.1);
                let (u, v) = ((px - texture.origin.0) * kx, (py - texture.origin.1) * ky);
                let n = self.noise.at(u, v);
                let slope = n - self.noise.at(u + 5.0 * self.light[0].signum(), v - 3.0);
                if let Some((line, cap)) = texture.cap
                    && py < line + (n - 0.5) * texture.size.1 * 1.5
                {
                    lit = cap;
                }
                let shade = 1.0 + (n - 0.5) * texture.shade + slope * texture.relief;
                lit = scale(lit, shade);
                let lean = (slope * texture.relief * 160.0).clamp(-100.0, 100.0);
                form[0] = (f32::from(form[0]) - lean * self.light[0].signum()) as u8;
                form[1] = (f32::from(form[1]) - lean * 0.6) as u8;
            }
            let a = (cover * paint.alpha * 256.0) as i32;
            let under = &mut self.rgb[at];
            for c in 0..3 {
                let below = i32::from(under[c]);
                under[c] = (below + (((i32::from(lit[c]) - below) * a) >> 8)) as u8;
            }
            if a > 127 {
                under[3] = paint.kind as u8;
                self.form[at] = form;
            }
            x += 1;
        }
    }

    /// A new number for what is drawn next, so that styles see its edge.
    pub(crate) fn part(&mut self) {
        self.next_id = self.next_id.wrapping_add(1);
    }

    /// Adds light around a point, falling off to nothing at `radius`.
    pub(crate) fn glow(&mut self, centre: Point, radius: f32, colour: Rgb, strength: f32) {
        let (cx, cy) = centre;
        let rows =
            (cy - radius).max(0.0) as usize..(cy + radius).clamp(0.0, self.height as f32) as usize;
        let columns =
            (cx - radius).max(0.0) as usize..(cx + radius).clamp(0.0, self.width as f32) as usize;
        for y in rows {
            let dy = y as f32 + 0.5 - cy;
            for x in columns.clone() {
                let dx = x as f32 + 0.5 - cx;
                let d = (dx * dx + dy * dy) / (radius * radius);
                if d >= 1.0 {
                    continue;
                }
                let fall = (1.0 - d) * (1.0 - d) * strength;
                let p = &mut self.rgb[y * self.width + x];
                for c in 0..3 {
                    p[c] = (f32::from(p[c]) + f32::from(colour[c]) * fall).min(255.0) as u8;
                }
            }
        }
    }

    /// A stroke of even width through points.
    pub(crate) fn stroke(&mut self, points: &[Point], width: f32, paint: &Paint) {
        let mut paint = *paint;
        for pair in points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let length = (dx * dx + dy * dy).sqrt().max(0.001);
            let (nx, ny) = (-dy / length * width / 2.0, dx / length * width / 2.0);
            // A little longer than it is, so that segments meet without a gap.
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

/// The outline of an ellipse, fine enough for its size.
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

/// The part of the picture a shape is gathered in.
struct Area {
    left: f32,
    top: f32,
    stride: usize,
    rows: usize,
}

impl Area {
    /// Adds an edge: to each row, by how much the covered part of a pixel grows from it on
    /// rightwards. A running sum over the row then gives the exact covered area.
    fn edge(&self, cover: &mut [f32], a: Point, b: Point) {
        if a.1 == b.1 {
            return;
        }
        let (sign, from, to) = if a.1 < b.1 { (1.0, a, b) } else { (-1.0, b, a) };
        let slope = (to.0 - from.0) / (to.1 - from.1);
        let top = (from.1 - self.top).max(0.0);
        let bottom = (to.1 - self.top).min(self.rows as f32);
        if top >= bottom {
            return;
        }
        let limit = (self.stride - 2) as f32;
        let mut y = top;
        let mut row = top as usize;
        while y < bottom && row < self.rows {
            let next = ((row + 1) as f32).min(bottom);
            let height = (next - y) * sign;
            let xa = (from.0 + (y + self.top - from.1) * slope - self.left).clamp(0.0, limit);
            let xb = (from.0 + (next + self.top - from.1) * slope - self.left).clamp(0.0, limit);
            let (x0, x1) = if xa < xb { (xa, xb) } else { (xb, xa) };
            let line = &mut cover[row * self.stride..(row + 1) * self.stride];
            let first = x0 as usize;
            let last = x1 as usize;
            if first == last {
                let middle = (x0 + x1) * 0.5 - first as f32;
                line[first] += height * (1.0 - middle);
                line[first + 1] += height * middle;
            } else {
                // The edge crosses several pixels: each gets its share of a trapezoid.
                let inverse = 1.0 / (x1 - x0);
                let mut before = 0.0;
                for x in first..=last {
                    let right = ((x + 1) as f32).min(x1) - x0;
                    let left = (x as f32).max(x0) - x0;
                    let width = right - left;
                    let middle = (left + right) * 0.5 + x0 - x as f32;
                    let part = height * width * inverse;
                    line[x] += part * (1.0 - middle);
                    line[x + 1] += part * middle;
                    before += part;
                }
                debug_assert!((before - height).abs() < 0.01);
            }
            y = next;
            row += 1;
        }
    }
}
