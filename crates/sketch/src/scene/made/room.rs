//! A room: a wall with a window that shows the weather, a floor, furniture and a lamp.

use crate::brief::Time;
use crate::rng::Rng;
use crate::scene::canvas::{Canvas, Kind, Paint, Rgb, Texture, scale};
use crate::scene::photo::{Photo, Sprite};
use crate::scene::plan::Scene;
use crate::scene::sky;
use crate::scene::view::{Brush, View};

/// The height of the table top.
pub(crate) const TABLE: f32 = 0.7;

/// The middle of the window, and its sill.
pub(crate) fn window(seed: u64) -> (f32, f32) {
    let side = if Rng::named(seed, "window").chance(0.5) { 1.0 } else { -1.0 };
    (side * 0.32, 0.54)
}

/// A room: a wall with a window that shows the weather, a floor, furniture and a lamp.
pub(crate) fn draw(scene: &Scene, canvas: &mut Canvas, view: &View) {
    sky::draw(scene, canvas, view);
    crate::scene::land::far(scene, canvas, view);
    crate::scene::water::air(scene, canvas, view);
    let light = &scene.light;
    let warm = |c: Rgb, k: f32| {
        if light.lamps {
            scale([c[0], (f32::from(c[1]) * 0.82) as u8, (f32::from(c[2]) * 0.66) as u8], k * 0.85)
        } else {
            scale(c, k)
        }
    };
    let mut rng = Rng::named(scene.seed, "room");
    let wall: Rgb = scene.tinted(*rng.pick(&[
        [206, 188, 164],
        [164, 184, 180],
        [190, 160, 150],
        [150, 160, 186],
    ]));
    let wx = window(scene.seed).0;
    let (side, wy) = (wx.signum(), 0.1);
    // Four pieces of wall around the opening of the window.
    let mut piece = |x0: f32, y0: f32, x1: f32, y1: f32, tone: Rgb, kind: Kind, shade: f32| {
        let (a, b) = (view.at(x0, y0, 0.4), view.at(x1, y1, 0.4));
        let paper = Texture {
            origin: a,
            size: (view.h * 0.3, view.h * 0.3),
            shade: 0.08,
            relief: 0.0,
            cap: None,
        };
        let paint = Paint::shaded(warm(tone, 1.0), warm(tone, shade), kind, 150);
        canvas.fill(&[a, (b.0, a.1), b, (a.0, b.1)], &paint.texture(paper));
    };
    let half = view.half() + 0.3;
    piece(-half, -0.4, wx - 0.26, 0.74, wall, Kind::Land, 0.85);
    piece(wx + 0.26, -0.4, half, 0.74, wall, Kind::Land, 0.85);
    piece(wx - 0.262, -0.4, wx + 0.262, wy, wall, Kind::Land, 0.96);
    piece(wx - 0.262, wy + 0.44, wx + 0.262, 0.74, wall, Kind::Land, 0.9);
    let frame = [238, 232, 220];
    for x in [wx - 0.28, wx - 0.012, wx + 0.256] {
        piece(x, wy - 0.02, x + 0.024, wy + 0.46, frame, Kind::Built, 0.9);
    }
    for y in [wy - 0.02, wy + 0.2, wy + 0.44] {
        piece(wx - 0.29, y, wx + 0.29, y + 0.02, frame, Kind::Built, 0.9);
    }
    let wood = [146, 100, 66];
    piece(wx - 0.33, 0.54, wx + 0.33, 0.562, [226, 216, 200], Kind::Built, 0.8);
    piece(-half, 0.72, half, 0.745, [226, 216, 200], Kind::Built, 0.9);
    let (a, b) = (view.at(-half, 0.745, 0.5), view.at(half, 1.3, 0.5));
    let grain = Texture {
        origin: a,
        size: (view.h * 0.6, view.h * 0.03),
        shade: 0.3,
        relief: 0.1,
        cap: None,
    };
    let floor = Paint::shaded(warm(wood, 0.9), warm(wood, 1.15), Kind::Land, 110);
    canvas.fill(&[a, (b.0, a.1), b, (a.0, b.1)], &floor.texture(grain));
    // A shelf with books, or a picture; a table.
    let shelf = -side * 0.52;
    let levels: &[f32] = match &scene.photo {
        Some(Photo::Framed(sprite)) => {
            hang(scene, canvas, view, sprite, -side);
            &[]
        }
        _ => &[0.24, 0.42],
    };
    for level in levels.iter().copied() {
        let mut x = shelf - 0.22;
        while x < shelf + 0.2 {
            let (wide, tall) = (rng.range(0.016, 0.034), rng.range(0.08, 0.13));
            let tone = *rng.pick(&[
                [160, 70, 60],
                [70, 100, 130],
                [200, 160, 80],
                [90, 120, 90],
                [220, 210, 190],
            ]);
            let (a, b) = (view.at(x, level - tall, 0.45), view.at(x + wide, level, 0.45));
            canvas.fill(
                &[a, (b.0, a.1), b, (a.0, b.1)],
                &Paint::shaded(warm(tone, 1.05), warm(tone, 0.8), Kind::Figure, 130),
            );
            x += wide + 0.003;
        }
        let (a, b) =
            (view.at(shelf - 0.25, level, 0.45), view.at(shelf + 0.25, level + 0.022, 0.45));
        canvas
            .fill(&[a, (b.0, a.1), b, (a.0, b.1)], &Paint::flat(warm(wood, 0.9), Kind::Built, 128));
    }
    rug(scene, canvas, view, &warm);
    let legs = [(-0.42, TABLE + 0.04, -0.38, 0.96), (0.38, TABLE + 0.04, 0.42, 0.96)];
    for (x0, y0, x1, y1) in [(-0.46, TABLE, 0.46, TABLE + 0.04)].into_iter().chain(legs) {
        if !scene.table {
            break;
        }
        let (a, b) = (view.at(x0, y0, 0.6), view.at(x1, y1, 0.6));
        canvas.fill(
            &[a, (b.0, a.1), b, (a.0, b.1)],
            &Paint::shaded(warm([170, 118, 76], 1.0), warm([170, 118, 76], 0.8), Kind::Built, 100),
        );
    }
    if light.lamps {
        let at = view.at(shelf, 0.1, 0.5);
        canvas.glow(at, view.h * 0.9, [255, 190, 110], 0.32);
    } else if scene.time == Time::Day {
        let at = view.at(wx, wy + 0.2, 0.4);
        canvas.glow(at, view.h * 0.8, [255, 246, 220], 0.22);
    }
}

/// A framed picture on the wall, on this side of the window.
fn hang(scene: &Scene, canvas: &mut Canvas, view: &View, sprite: &Sprite, side: f32) {
    let half = view.w / view.h / 2.0;
    // Portrait views show only the middle of the wall.
    let (x, wide) = if half < 0.6 { (0.0, half * 1.3) } else { (side * half * 0.44, half * 0.78) };
    let height = (wide / sprite.aspect()).min(0.5);
    let wide = height * sprite.aspect();
    let (left, right, top, bottom) =
        (x - wide / 2.0, x + wide / 2.0, 0.36 - height / 2.0, 0.36 + height / 2.0);
    let edge = 0.035 * height;
    let tone = |colour: Rgb| scene.light.on(colour, 0.0);
    let mut board = |out: f32, drop: f32, paint: &Paint| {
        let (a, b) = (
            view.at(left - out + drop, top - out + drop, 0.4),
            view.at(right + out + drop, bottom + out + drop, 0.4),
        );
        canvas.fill(&[a, (b.0, a.1), b, (a.0, b.1)], paint);
    };
    board(edge + 0.024, 0.014, &Paint::flat([20, 18, 20], Kind::Land, 150).alpha(0.3).joined());
    let wood = tone([112, 74, 44]);
    board(edge + 0.024, 0.0, &Paint::shaded(scale(wood, 1.2), scale(wood, 0.8), Kind::Built, 140));
    board(edge + 0.006, 0.0, &Paint::flat(scale(wood, 0.6), Kind::Built, 140));
    let size = view.len(height, 0.4);
    let feet = view.at(x, bottom, 0.4);
    Brush::new(canvas, &scene.light, feet, size, 1.0, Kind::Figure).sprite(sprite, 1.0);
}

/// A round rug on the floor, and the window's light on it by day.
fn rug(scene: &Scene, canvas: &mut Canvas, view: &View, warm: &dyn Fn(Rgb, f32) -> Rgb) {
    const TONES: [Rgb; 4] = [[150, 60, 56], [62, 88, 120], [176, 130, 70], [84, 110, 92]];
    let tone = scene.tinted(TONES[(scene.seed % 4) as usize]);
    for (k, shade) in [(1.0, 0.8), (0.9, 1.25), (0.82, 1.0), (0.4, 1.2), (0.3, 1.0)] {
        let at = view.at(0.0, 0.885, 0.7);
        let paint = Paint::flat(warm(scale(tone, shade), 1.0), Kind::Land, 108).joined();
        canvas.ellipse(at, view.len(0.62 * k, 0.7), view.len(0.085 * k, 0.7), &paint);
    }
    if !scene.light.lamps && scene.glints {
        let (wx, _) = window(scene.seed);
        let lean = -wx * 0.35;
        let patch = [(-0.22, 0.79), (0.2, 0.79), (0.28, 0.97), (-0.24, 0.97)]
            .map(|(x, y)| view.at(wx + x + lean * (1.0 + (y - 0.79) * 3.0), y, 0.7));
        canvas.fill(&patch, &Paint::flat([255, 246, 214], Kind::Land, 108).alpha(0.2).joined());
    }
}
