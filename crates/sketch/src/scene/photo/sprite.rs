//! A picture as a thing in a scene: cut out if it has an outline of its own, else a print with a
//! white border.

use std::collections::VecDeque;

use crate::image::Picture;
use crate::scene::canvas::{Canvas, Kind, Paint, Point};
use crate::scene::light::Light;

/// A picture that stands or hangs somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Sprite {
    picture: Picture,
    /// Whether it has an outline of its own.
    cut_out: bool,
}

/// The placement of a sprite in the picture.
pub(crate) struct Pose {
    /// The middle of its lower edge, in pixels.
    pub(crate) feet: Point,
    /// Its height in pixels.
    pub(crate) height: f32,
    /// The sine and cosine of its tilt.
    pub(crate) lean: (f32, f32),
    pub(crate) kind: Kind,
    pub(crate) depth: u8,
    /// Its distance, for the light: 0 is near.
    pub(crate) far: f32,
}

impl Sprite {
    /// A picture with a uniform background around its subject removed, if it has one.
    pub(crate) fn new(picture: Picture, height: usize) -> Self {
        let picture = picture.lower(height.max(48));
        let picture = if picture.has_holes() { picture } else { without_ground(picture) };
        let cut_out = picture.has_holes();
        let picture = if cut_out { cropped(picture) } else { picture };
        Self { picture, cut_out }
    }

    /// A picture with its background.
    pub(crate) fn print(picture: Picture, height: usize) -> Self {
        Self { picture: picture.lower(height.max(48)), cut_out: false }
    }

    /// Its width at height 1.
    pub(crate) fn aspect(&self) -> f32 {
        self.picture.width as f32 / self.picture.height as f32
    }

    pub(crate) fn is_cut_out(&self) -> bool {
        self.cut_out
    }

    /// Draws it in the scene's light.
    pub(crate) fn draw(&self, canvas: &mut Canvas, light: &Light, pose: &Pose) {
        if !self.cut_out {
            self.border(canvas, light, pose);
        }
        canvas.part();
        let id = canvas.last_part();
        let lit: [[u8; 256]; 3] = std::array::from_fn(|c| {
            std::array::from_fn(|value| light.on([value as u8; 3], pose.far)[c])
        });
        let (sin, cos) = pose.lean;
        let wide = pose.height * self.aspect();
        let reach = (wide * 0.5 * cos.abs() + pose.height * sin.abs() + 2.0).max(wide * 0.5 + 2.0);
        let (w, h) = (canvas.width as f32, canvas.height as f32);
        let left = (pose.feet.0 - reach).clamp(0.0, w) as usize;
        let right = (pose.feet.0 + reach).clamp(0.0, w) as usize;
        let top = (pose.feet.1 - pose.height - wide * sin.abs() - 2.0).clamp(0.0, h) as usize;
        let bottom = (pose.feet.1 + wide * 0.5 * sin.abs() + 2.0).clamp(0.0, h) as usize;
        let unit = self.picture.height as f32 / pose.height;
        let (pw, ph) = (self.picture.width as f32, self.picture.height as f32);
        for y in top..bottom {
            let dy = pose.feet.1 - (y as f32 + 0.5);
            for x in left..right {
                let dx = x as f32 + 0.5 - pose.feet.0;
                let u = (dx * cos + dy * sin) * unit + pw / 2.0;
                let v = ph - (dy * cos - dx * sin) * unit;
                if u < 0.0 || v < 0.0 || u >= pw || v >= ph {
                    continue;
                }
                let [r, g, b, a] = self.sample(u - 0.5, v - 0.5);
                if a < 6 {
                    continue;
                }
                let at = y * canvas.width + x;
                let own = &mut canvas.rgb[at];
                let colour =
                    [lit[0][usize::from(r)], lit[1][usize::from(g)], lit[2][usize::from(b)]];
                for (below, new) in own.iter_mut().zip(colour) {
                    let old = i32::from(*below);
                    *below = (old + (i32::from(new) - old) * i32::from(a) / 255) as u8;
                }
                if a > 127 {
                    own[3] = pose.kind as u8;
                    canvas.form[at] = [128, 128, pose.depth, id];
                }
            }
        }
    }

    /// The white border of a print, and its shadow.
    fn border(&self, canvas: &mut Canvas, light: &Light, pose: &Pose) {
        let (sin, cos) = pose.lean;
        let edge = pose.height * 0.035;
        let half = pose.height * self.aspect() / 2.0 + edge;
        let corners = |drop: f32| {
            [(-half, -edge), (half, -edge), (half, pose.height + edge), (-half, pose.height + edge)]
                .map(|(x, y)| {
                    let (x, y) = (x * cos - y * sin, x * sin + y * cos);
                    (pose.feet.0 + x + drop, pose.feet.1 - y + drop)
                })
        };
        let shade = Paint::flat([14, 16, 28], pose.kind, pose.depth).alpha(0.3).joined();
        canvas.fill(&corners(edge * 0.7), &shade);
        let paper = light.on([248, 246, 240], pose.far);
        canvas.fill(&corners(0.0), &Paint::flat(paper, pose.kind, pose.depth));
    }

    /// The colour and opacity at a position between pixels.
    fn sample(&self, u: f32, v: f32) -> [u8; 4] {
        let (w, h) = (self.picture.width, self.picture.height);
        let fixed = |x: f32| (x * 256.0) as i32;
        let (u, v) = (fixed(u.max(0.0)), fixed(v.max(0.0)));
        let (x, y) = ((u >> 8) as usize, (v >> 8) as usize);
        let (x, y) = (x.min(w - 1), y.min(h - 1));
        let (right, below) = ((x + 1).min(w - 1), (y + 1).min(h - 1));
        let (fu, fv) = (u & 255, v & 255);
        let px = &self.picture.px;
        let four = [
            (px[y * w + x], (256 - fu) * (256 - fv)),
            (px[y * w + right], fu * (256 - fv)),
            (px[below * w + x], (256 - fu) * fv),
            (px[below * w + right], fu * fv),
        ];
        let mut sum = [0i64; 4];
        for (p, share) in four {
            let there = i64::from(share) * i64::from(p[3]);
            for c in 0..3 {
                sum[c] += i64::from(p[c]) * there;
            }
            sum[3] += there;
        }
        if sum[3] == 0 {
            return [0; 4];
        }
        [
            (sum[0] / sum[3]) as u8,
            (sum[1] / sum[3]) as u8,
            (sum[2] / sum[3]) as u8,
            (sum[3] >> 16) as u8,
        ]
    }
}

/// The distance between two colours.
fn apart(a: [u8; 4], b: [u8; 4]) -> u32 {
    (0..3).map(|c| u32::from(a[c].abs_diff(b[c]))).max().unwrap_or(0)
}

/// Removes a uniform background that surrounds the subject, if there is one.
fn without_ground(picture: Picture) -> Picture {
    const EVEN: u32 = 22;
    let (w, h) = (picture.width, picture.height);
    let edge: Vec<usize> = (0..w)
        .flat_map(|x| [x, (h - 1) * w + x])
        .chain((0..h).flat_map(|y| [y * w, y * w + w - 1]))
        .collect();
    let mut by_brightness: Vec<[u8; 4]> = edge.iter().map(|at| picture.px[*at]).collect();
    by_brightness.sort_unstable_by_key(|p| u32::from(p[0]) + u32::from(p[1]) + u32::from(p[2]));
    let ground = by_brightness[by_brightness.len() / 2];
    let even = edge.iter().filter(|at| apart(picture.px[**at], ground) <= EVEN).count();
    if even * 100 < edge.len() * 86 {
        return picture;
    }
    let mut open = vec![false; w * h];
    let mut queue = VecDeque::new();
    for at in edge {
        if !open[at] && apart(picture.px[at], ground) <= EVEN {
            open[at] = true;
            queue.push_back(at);
        }
    }
    while let Some(at) = queue.pop_front() {
        let (x, y) = (at % w, at / w);
        let beside = [
            (x > 0).then(|| at - 1),
            (x + 1 < w).then_some(at + 1),
            (y > 0).then(|| at - w),
            (y + 1 < h).then_some(at + w),
        ];
        for next in beside.into_iter().flatten() {
            if !open[next] && apart(picture.px[next], ground) <= EVEN + 8 {
                open[next] = true;
                queue.push_back(next);
            }
        }
    }
    let left = open.iter().filter(|o| !**o).count();
    // If nearly everything or nearly nothing was removed, it wasn't a background.
    if left * 100 < w * h * 3 || left * 100 > w * h * 90 {
        return picture;
    }
    let mut px = picture.px;
    for (at, p) in px.iter_mut().enumerate() {
        // Soft edges: opacity by the remaining neighbours, which also removes the last fringe of
        // the background.
        let (x, y) = (at % w, at / w);
        let around = (y.saturating_sub(1)..(y + 2).min(h))
            .flat_map(|y| (x.saturating_sub(1)..(x + 2).min(w)).map(move |x| (x, y)));
        let (mut kept, mut all) = (0, 0);
        for (x, y) in around {
            kept += u32::from(!open[y * w + x]);
            all += 1;
        }
        p[3] = if open[at] { 0 } else { (255 * kept.saturating_sub(2) / (all - 2)) as u8 };
    }
    Picture { width: w, height: h, px }
}

/// Crops to the part that isn't empty.
fn cropped(picture: Picture) -> Picture {
    let w = picture.width;
    let (mut left, mut right, mut top, mut bottom) = (w, 0, picture.height, 0);
    for (at, p) in picture.px.iter().enumerate() {
        if p[3] > 40 {
            let (x, y) = (at % w, at / w);
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
        }
    }
    if left > right {
        return picture;
    }
    let px = (top..=bottom).flat_map(|y| picture.px[y * w + left..=y * w + right].to_vec());
    Picture { px: px.collect(), width: right - left + 1, height: bottom - top + 1 }
}
