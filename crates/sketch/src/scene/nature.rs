//! Plants, rocks and abstract shapes.

mod flow;
mod heights;
mod trees;

use crate::brief::{Thing, Time};
use crate::math::{fast_sin, smooth};
use crate::rng::{Rng, noise};
use crate::scene::canvas::{Canvas, Kind, Paint, Rgb, blend, ellipse, scale};
use crate::scene::plan::{Item, Scene};
use crate::scene::view::{Brush, View};

/// Draws the thing if it is one of these; returns false if not.
pub(crate) fn draw(scene: &Scene, b: &mut Brush<'_>, item: &Item, t: f32) -> bool {
    let sway = fast_sin(t * 0.22 + item.self_ * 3.0) * 0.02 * scene.wind;
    match item.thing {
        Thing::Tree => trees::tree(scene, b, item, sway),
        Thing::Cherry => {
            let pink = item.colour.unwrap_or([248, 178, 204]);
            let bloom = Item { colour: Some(pink), ..*item };
            trees::tree(scene, b, &bloom, sway);
        }
        Thing::Sunflower => sunflower(b, item, sway),
        Thing::Iceberg => {
            let ice = item.colour.unwrap_or([222, 238, 250]);
            b.bulge(0.3);
            b.poly(
                &[
                    (-0.9, -0.03),
                    (-0.72, 0.4),
                    (-0.42, 0.52),
                    (-0.16, 0.96),
                    (0.12, 0.82),
                    (0.4, 0.5),
                    (0.72, 0.36),
                    (0.95, -0.03),
                ],
                ice,
            );
            b.poly(
                &[
                    (-0.16, 0.96),
                    (0.12, 0.82),
                    (0.4, 0.5),
                    (0.26, 0.2),
                    (0.34, -0.03),
                    (-0.1, -0.03),
                    (-0.02, 0.4),
                ],
                blend(ice, [96, 156, 206], 0.45),
            );
            b.poly(
                &[(-0.72, 0.4), (-0.42, 0.52), (-0.4, 0.2), (-0.6, -0.03), (-0.9, -0.03)],
                blend(ice, [120, 180, 220], 0.3),
            );
            b.kind(Kind::Water).poly(
                &[(-1.1, -0.05), (1.15, -0.05), (0.9, 0.03), (-0.9, 0.03)],
                blend(ice, [80, 190, 210], 0.5),
            );
        }
        Thing::Pine => trees::pine(scene, b, item, sway),
        Thing::Palm => trees::palm(b, item, sway),
        Thing::Bamboo => trees::bamboo(b, item, sway),
        Thing::Cactus => {
            let green = item.colour.unwrap_or([64, 128, 74]);
            b.line(&[(0.0, 0.0), (0.0, 0.9)], 0.16, green);
            b.oval(0.0, 0.9, 0.08, 0.09, green);
            b.line(&[(0.0, 0.4), (0.25, 0.42), (0.25, 0.7)], 0.1, green);
            b.line(&[(0.0, 0.3), (-0.22, 0.34), (-0.22, 0.56)], 0.1, green);
        }
        Thing::Flower => {
            const HUES: [Rgb; 5] =
                [[232, 76, 90], [246, 200, 70], [240, 240, 250], [170, 110, 220], [250, 150, 190]];
            let hue = item.colour.unwrap_or(HUES[(item.self_ * 5.0) as usize % 5]);
            b.line(&[(0.0, 0.0), (sway * 2.0, 0.7)], 0.06, [70, 140, 60]);
            b.oval(0.1, 0.25, 0.12, 0.05, [80, 150, 64]);
            for petal in 0..5 {
                let turn = petal as f32 / 5.0 + item.self_;
                let (x, y) = (fast_sin(turn) * 0.18, fast_sin(turn + 0.25) * 0.18);
                b.oval(sway * 2.0 + x, 0.8 + y, 0.13, 0.13, hue);
            }
            b.oval(sway * 2.0, 0.8, 0.09, 0.09, [250, 210, 80]);
        }
        Thing::Grass => {
            let green = scale(scene.ground(), 0.72 + 0.3 * item.self_);
            for blade in 0..5 {
                let x = blade as f32 * 0.2 - 0.4;
                let tip = x * 1.5 + sway * 6.0;
                b.poly(&[(x - 0.06, 0.0), (x + 0.06, 0.0), (tip, 0.7 + 0.3 * item.self_)], green);
            }
        }
        Thing::Mushroom => {
            let cap = item.colour.unwrap_or([206, 58, 48]);
            b.poly(&[(-0.13, 0.0), (0.13, 0.0), (0.09, 0.6), (-0.09, 0.6)], [240, 228, 206]);
            let dome: Vec<_> = (0..=16)
                .map(|i| {
                    (
                        fast_sin(i as f32 / 32.0 - 0.25) * 0.46,
                        0.5 + fast_sin(i as f32 / 32.0) * 0.48,
                    )
                })
                .collect();
            b.poly(&dome, cap);
            for (x, y, r) in [(-0.2, 0.68, 0.07), (0.05, 0.82, 0.08), (0.24, 0.64, 0.06)] {
                b.oval(x, y, r, r * 0.8, [250, 244, 236]);
            }
        }
        Thing::Rock => {
            let stone = item.colour.unwrap_or([124, 122, 120]);
            let w = 0.7 + 0.5 * item.self_;
            b.bulge(0.5);
            b.poly(
                &[(-w, 0.0), (-w * 0.8, 0.5), (-0.2, 0.9), (0.3, 1.0), (w * 0.9, 0.4), (w, 0.0)],
                stone,
            );
            b.poly(&[(-0.2, 0.9), (0.3, 1.0), (0.1, 0.4), (-0.5, 0.3)], scale(stone, 1.2));
        }
        Thing::Coral => {
            const HUES: [Rgb; 4] =
                [[240, 110, 120], [250, 170, 90], [190, 110, 210], [90, 190, 140]];
            let hue = item.colour.unwrap_or(HUES[(item.self_ * 4.0) as usize % 4]);
            for arm in 0..5 {
                let x = (arm as f32 - 2.0) * 0.22;
                let lean = x * 0.7 + fast_sin(t * 0.2 + item.self_ + arm as f32 * 0.2) * 0.06;
                let tall = 0.9 - x.abs() * 0.5;
                b.line(&[(x * 0.3, 0.0), (x, tall * 0.5), (x + lean, tall)], 0.1, hue);
                b.oval(x + lean, tall, 0.07, 0.07, scale(hue, 1.15));
            }
        }
        Thing::Crystal => {
            let hue = item.colour.unwrap_or([130, 200, 240]);
            b.bulge(0.3);
            for (x, lean, tall) in [(-0.2, -0.16, 0.7), (0.2, 0.2, 0.62), (0.0, 0.02, 1.0)] {
                let tip = (x + lean, tall);
                b.poly(
                    &[(x - 0.12, 0.0), (x, 0.0), tip, (x - 0.12 + lean * 0.6, tall * 0.75)],
                    scale(hue, 1.15),
                );
                b.poly(
                    &[(x, 0.0), (x + 0.12, 0.0), (x + 0.12 + lean * 0.6, tall * 0.75), tip],
                    scale(hue, 0.75),
                );
            }
            b.glow(0.0, 0.5, 0.7, hue, 0.25);
        }
        Thing::Volcano => {
            heights::volcano(b, t);
        }
        Thing::Island => {
            b.bulge(0.3);
            b.poly(
                &[(-2.0, 0.0), (-1.0, 0.3), (0.0, 0.5), (1.1, 0.25), (2.0, 0.0)],
                [216, 190, 130],
            );
            b.oval(0.1, 0.55, 0.7, 0.35, [66, 134, 70]);
            let flat = Item { self_: 0.4, ..*item };
            trees::palm(b, &flat, sway);
        }
        Thing::Fuji => {
            b.bulge(0.3);
            let cone = [
                (-1.7, -0.04),
                (-0.9, 0.3),
                (-0.42, 0.7),
                (-0.2, 0.98),
                (0.2, 0.98),
                (0.42, 0.7),
                (0.9, 0.3),
                (1.7, -0.04),
            ];
            b.poly(&cone, item.colour.unwrap_or([92, 112, 152]));
            let snow = [
                (-0.47, 0.65),
                (-0.2, 0.98),
                (-0.06, 0.95),
                (0.08, 0.97),
                (0.2, 0.98),
                (0.47, 0.65),
                (0.36, 0.62),
                (0.28, 0.7),
                (0.16, 0.56),
                (0.06, 0.68),
                (-0.06, 0.53),
                (-0.18, 0.68),
                (-0.3, 0.58),
                (-0.36, 0.68),
            ];
            b.poly(&snow, [246, 248, 255]);
        }
        Thing::Waterfall => heights::waterfall(b, t),
        _ => return false,
    }
    true
}

/// A sunflower: a tall stalk with broad leaves, a dark face and a ring of petals.
fn sunflower(b: &mut Brush<'_>, item: &Item, sway: f32) {
    let green = [72, 132, 56];
    let head = (sway * 2.4, 0.78);
    b.limb(&[(0.0, 0.0), (sway, 0.4), head], 0.06, 0.04, green);
    for (x, y) in [(-0.2, 0.3), (0.22, 0.42)] {
        b.blob(&[(0.0, y - 0.04), (x * 0.6, y + 0.09), (x, y + 0.04), (x * 0.6, y - 0.03)], green);
    }
    let gold = item.colour.unwrap_or([252, 196, 40]);
    b.bulge(0.3);
    for ring in 0..2 {
        let (reach, tone) = if ring == 0 { (0.27, scale(gold, 0.86)) } else { (0.23, gold) };
        for petal in 0..11 {
            let turn = petal as f32 / 11.0 + ring as f32 / 22.0 + item.self_;
            let at = |r: f32, aside: f32| {
                (
                    head.0 + fast_sin(turn + aside) * r,
                    head.1 + fast_sin(turn + aside + 0.25) * r * 0.94,
                )
            };
            b.poly(
                &[
                    at(0.08, -0.05),
                    at(0.18, -0.032),
                    at(reach, 0.0),
                    at(0.18, 0.032),
                    at(0.08, 0.05),
                ],
                tone,
            );
        }
    }
    b.bulge(0.8);
    b.oval(head.0, head.1, 0.125, 0.12, [92, 58, 34]);
    b.more(head.0, head.1, 0.07, 0.066, [62, 40, 26]);
}

/// An abstract picture: drifting forms in the colours of the mood.
pub(crate) fn shapes(scene: &Scene, canvas: &mut Canvas, view: &View) {
    const SETS: [[Rgb; 5]; 5] = [
        [[24, 32, 72], [236, 84, 92], [250, 190, 90], [70, 170, 180], [244, 236, 220]],
        [[20, 20, 30], [120, 80, 240], [240, 90, 180], [80, 220, 230], [250, 240, 180]],
        [[236, 228, 212], [210, 90, 60], [40, 80, 110], [236, 180, 70], [90, 130, 100]],
        [[14, 44, 50], [40, 150, 120], [240, 210, 110], [230, 110, 70], [210, 240, 220]],
        [[46, 20, 60], [250, 120, 80], [120, 60, 160], [255, 210, 140], [90, 160, 220]],
    ];
    let mut rng = Rng::named(scene.seed, "shapes");
    let mut set = *rng.pick(&SETS);
    for (i, named) in scene.colours.iter().take(4).enumerate() {
        set[i + 1] = *named;
    }
    if scene.has(Thing::Flow) {
        flow::draw(scene, canvas, view, &set);
        return;
    }
    let (w, h) = (canvas.width, canvas.height);
    let dark = if scene.time == Time::Night { 0.5 } else { 1.0 };
    for y in 0..h {
        let v = y as f32 / view.h;
        let wash = canvas.noise.row(v * 50.0 - view.t * 3.0);
        for x in (0..w).step_by(2) {
            let n = wash.at(x as f32 / view.h * 50.0 + view.t * 4.0);
            let tone =
                blend(scale(set[0], dark), set[3], smooth(0.3, 1.1, n * (0.5 + v * 0.5)) * 0.6);
            let tone = [tone[0], tone[1], tone[2], Kind::Sky as u8];
            canvas.rgb[y * w + x..y * w + (x + 2).min(w)].fill(tone);
        }
    }
    for i in 0..16 {
        let near = 0.2 + i as f32 / 20.0;
        let size = rng.range(0.05, 0.22);
        let (x, y, pace) = (rng.range(-0.8, 0.8), rng.range(0.1, 0.9), rng.range(-0.1, 0.1));
        let spin = view.t * pace * 0.8 + rng.unit();
        let kind = rng.below(4);
        let at = view.at(
            x + 0.1 * fast_sin(view.t * pace + 0.3),
            y + 0.06 * fast_sin(view.t * pace * 1.6),
            near,
        );
        let r = view.len(size, near);
        let colour = set[1 + i % 4];
        let paint = Paint::shaded(
            scale(colour, 1.12),
            scale(colour, 0.78),
            Kind::Figure,
            200 - i as u8 * 10,
        );
        let corners = [0, 3, 4, 6][kind];
        if corners == 0 {
            canvas.fill(&ellipse(at, r, r), &paint.round(0.9));
            if i % 3 == 0 {
                canvas.fill(&ellipse(at, r * 0.5, r * 0.5), &Paint::flat(set[0], Kind::Figure, 90));
            }
        } else {
            let outline: Vec<_> = (0..corners)
                .map(|c| {
                    let turn = spin + c as f32 / corners as f32;
                    (at.0 + fast_sin(turn) * r, at.1 + fast_sin(turn + 0.25) * r)
                })
                .collect();
            canvas.fill(&outline, &paint.round(0.4));
        }
    }
    let mut ribbon = Vec::new();
    let mut back = Vec::new();
    for i in 0..=60 {
        let x = -view.half() + view.half() * i as f32 / 30.0;
        let y = 0.5 + 0.3 * (noise(x * 1.3 + view.t * 0.2, 0.0, scene.seed as u32) - 0.5) * 2.0;
        let wide = 0.02 + 0.05 * noise(x * 2.0 - view.t * 0.3, 5.0, scene.seed as u32);
        ribbon.push(view.at(x, y - wide, 0.9));
        back.push(view.at(x, y + wide, 0.9));
    }
    back.reverse();
    ribbon.extend(back);
    canvas.fill(&ribbon, &Paint::shaded(set[4], set[2], Kind::Figure, 30).round(0.5));
}
