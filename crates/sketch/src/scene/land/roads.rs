//! Roads and rivers.

use crate::brief::{Place, Thing, Time};
use crate::math::fast_sin;
use crate::rng::noise;
use crate::scene::canvas::{Canvas, Kind, Paint, Texture, blend, scale};
use crate::scene::plan::Scene;
use crate::scene::view::View;

/// A road along the water, with the land it runs on and a rail towards the sea.
pub(crate) fn shore_road(scene: &Scene, canvas: &mut Canvas, view: &View) {
    if !(scene.is(Place::Road) || scene.has(Thing::Car) || scene.has(Thing::Bus)) {
        return;
    }
    let half = view.half();
    let top = Scene::ROAD - 0.1;
    let mut points = vec![(view.w + 60.0, view.h + 20.0), (-60.0, view.h + 20.0)];
    for i in 0..=48 {
        let x = -half - 0.3 + (half + 0.3) * i as f32 / 24.0;
        let rise = 0.022 * noise(x * 2.4 + 20.0, 3.5, scene.seed as u32);
        points.push(view.at(x, top - rise, 0.7));
    }
    let turf = scene.light.on(blend(scene.ground(), [150, 136, 104], 0.5), 0.1);
    let unit = view.h * 0.07;
    let grain = Texture {
        origin: view.at(0.0, 1.0, 0.7),
        size: (unit, unit * 0.4),
        shade: 0.4,
        relief: 0.3,
        cap: None,
    };
    let paint = Paint::shaded(turf, scale(turf, 0.7), Kind::Land, 80).texture(grain);
    canvas.fill(&points, &paint);
    let rail = Paint::flat(scene.light.on([214, 216, 220], 0.1), Kind::Built, 76);
    let mut x = -half - 0.2;
    while x < half + 0.2 {
        let (a, b) = (view.at(x, top + 0.01, 0.7), view.at(x + 0.01, top + 0.045, 0.7));
        canvas.fill(&[a, (b.0, a.1), b, (a.0, b.1)], &rail);
        x += 0.14;
    }
    let ends = [view.at(-half - 0.3, top + 0.016, 0.7), view.at(half + 0.3, top + 0.016, 0.7)];
    canvas.stroke(&ends, view.len(0.009, 0.7), &rail);
    road(scene, canvas, view, half + 0.3);
}

/// A road across the picture; its dashes move when the camera moves along it.
pub(super) fn road(scene: &Scene, canvas: &mut Canvas, view: &View, half: f32) {
    let tone = scene.light.on([74, 76, 84], 0.2);
    let strip = |y0: f32, y1: f32| {
        [
            view.at(-half, y0, 0.7),
            view.at(half, y0, 0.7),
            view.at(half, y1, 0.7),
            view.at(-half, y1, 0.7),
        ]
    };
    let top = Scene::ROAD - 0.045;
    canvas.fill(
        &strip(top, Scene::ROAD + 0.06),
        &Paint::shaded(scale(tone, 1.1), tone, Kind::Land, 70),
    );
    let kerb = scene.light.on([168, 166, 160], 0.2);
    canvas.fill(&strip(top - 0.012, top), &Paint::flat(kerb, Kind::Land, 70));
    let paint = Paint::flat(scene.light.on([236, 232, 210], 0.1), Kind::Land, 70);
    let mut x = -half;
    while x < half {
        let (a, b) =
            (view.at(x, Scene::ROAD + 0.006, 0.7), view.at(x + 0.08, Scene::ROAD + 0.014, 0.7));
        canvas.fill(&[(a.0, a.1), (b.0, a.1), (b.0, b.1), (a.0, b.1)], &paint);
        x += 0.18;
    }
    if scene.time == Time::Night && scene.is(Place::City) {
        let at = view.at(0.0, Scene::ROAD, 0.7);
        canvas.glow(at, view.h * 0.9, [70, 40, 90], 0.4);
    }
}

/// A river that winds from the horizon to the front.
pub(super) fn river(scene: &Scene, canvas: &mut Canvas, view: &View) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for i in 0..=30 {
        let near = i as f32 / 30.0;
        let bend = 0.3 * fast_sin(near * 0.9 + 0.1) * (1.0 - near * 0.5) + 0.1;
        let wide = 0.012 + 0.3 * near * near;
        let y = View::ground(scene.horizon, near);
        left.push(view.at(bend - wide, y, near * 0.7));
        right.push(view.at(bend + wide, y, near * 0.7));
    }
    right.reverse();
    left.extend(right);
    let blue = blend(scene.light.zenith, scene.light.low, 0.5);
    let unit = view.h * 0.05;
    let flow = Texture {
        origin: (0.0, view.t * view.h * 0.12),
        size: (unit * 2.0, unit * 0.5),
        shade: 0.35,
        relief: 0.7,
        cap: None,
    };
    let paint = Paint::shaded(scale(blue, 1.1), scale(blue, 0.8), Kind::Water, 90);
    canvas.fill(&left, &paint.texture(flow));
}
