//! Named things are visible in the picture, excluded ones aren't.

use super::Scene;
use crate::brief::{Brief, Place, Thing};
use crate::scene::beings::people;
use crate::scene::canvas::Canvas;
use crate::style::{Kept, Treatment};

const SIZE: (usize, usize) = (320, 180);

/// One moment of the scene, without a style.
fn drawn(brief: &Brief) -> Vec<[u8; 4]> {
    let mut canvas = Canvas::new(SIZE.0, SIZE.1);
    Scene::plan(brief).draw(&mut canvas, 2.5, 6.0);
    canvas.rgb
}

/// How much of the picture differs clearly, in thousandths.
fn differs(one: &[[u8; 4]], other: &[[u8; 4]]) -> usize {
    let plain = |(a, b): &(&[u8; 4], &[u8; 4])| (0..3).any(|c| a[c].abs_diff(b[c]) > 12);
    one.iter().zip(other).filter(plain).count() * 1000 / one.len()
}

#[test]
fn boats_float_and_fish_swim() {
    let places = |prompt| Scene::plan(&Brief::read(prompt, 1)).places;
    assert_eq!(places("old fishing boats at dusk"), [Place::Sea]);
    assert_eq!(places("three red fish"), [Place::Underwater]);
    assert_eq!(places("jellyfish in the sea"), [Place::Underwater]);
}

#[test]
fn women_and_men_are_as_the_prompt_says() {
    for (prompt, women) in [
        ("a man playing guitar by a campfire", vec![false]),
        ("a woman on the beach", vec![true]),
        ("three women dancing", vec![true; 3]),
        ("a king and a queen in a castle", vec![false, true]),
        ("un niño y una niña en el parque", vec![false, true]),
        ("ein Mädchen im Wald", vec![true]),
        ("少女と海", vec![true]),
    ] {
        for seed in 0..20 {
            let scene = Scene::plan(&Brief::read(prompt, seed));
            let people = scene.items.iter().filter(|i| super::settle::upright(i.thing));
            let mut found: Vec<bool> = people.map(|i| people::is_woman(i.self_)).collect();
            found.sort_unstable();
            assert_eq!(found, women, "{prompt}, {seed}");
        }
    }
}

#[test]
fn people_have_the_right_things_for_their_actions() {
    let items = |prompt: &str| Scene::plan(&Brief::read(prompt, 4)).items;
    let are = |prompt: &str, thing| items(prompt).iter().filter(|i| i.thing == thing).count();
    // Umbrellas outdoors in the rain; none indoors or under water.
    assert_eq!(are("a man in the rain on a meadow", Thing::Umbrella), 1);
    assert_eq!(are("a man in a room, rain", Thing::Umbrella), 0);
    // A player holds the instrument; without a player it stands in the scene.
    for (prompt, instrument) in [
        ("a girl playing violin by the sea", Thing::Violin),
        ("an astronaut with a guitar on mars", Thing::Guitar),
        ("ein Trompeter auf der Bühne", Thing::Trumpet),
        ("a violinist in a park", Thing::Violin),
    ] {
        let items = items(prompt);
        let players = items.iter().filter(|i| i.plays.is_some_and(|p| p.0 == instrument)).count();
        let standing = items.iter().filter(|i| i.thing == instrument).count();
        assert_eq!((players, standing), (1, 0), "{prompt}");
    }
    assert_eq!(are("a guitar on a meadow", Thing::Guitar), 1);
    assert_eq!(are("a robot and a guitar on a meadow", Thing::Guitar), 1);
    let red = items("a man playing a red guitar on a meadow");
    assert!(red.iter().any(|i| i.plays == Some((Thing::Guitar, Some([214, 48, 49])))), "{red:?}");
    // Two people stand close together.
    let pair: Vec<f32> = items("two lovers under the stars")
        .iter()
        .filter(|i| i.thing == Thing::Person)
        .map(|i| i.x)
        .collect();
    assert!(pair.len() == 2 && (pair[0] - pair[1]).abs() < 0.4, "{pair:?}");
}

/// A moment in a style, and the scene before styling.
fn styled(prompt: &str, style: &str) -> (Canvas, Vec<[u8; 4]>) {
    let treatment = Treatment::of(style);
    let mut canvas = treatment.canvas(SIZE);
    Scene::plan(&Brief::read(prompt, 3)).draw(&mut canvas, 2.5, 6.0);
    let (mut kept, mut out) = (Kept::default(), Vec::new());
    let go_on = &mut || std::ops::ControlFlow::Continue(());
    assert!(treatment.apply(&canvas, SIZE, 2.5, &mut kept, &mut out, go_on).is_continue());
    (canvas, out)
}

fn luma(p: &[u8; 4]) -> u32 {
    (u32::from(p[0]) * 77 + u32::from(p[1]) * 150 + u32::from(p[2]) * 29) >> 8
}

#[test]
fn nothing_around_the_sun_is_brighter_than_it() {
    for hour in ["at dawn", "by day", "at sunset"] {
        // Without a style, hazy (Moody), and grey (Black & White).
        for style in ["none", "2", "7"] {
            let prompt = format!("the sea {hour}, no clouds, still camera");
            let (canvas, out) = styled(&prompt, style);
            let sun = |at: &usize| canvas.form[*at][2] == 253;
            let places: Vec<usize> = (0..out.len()).filter(sun).collect();
            assert!(places.len() > 30, "{prompt}: no sun");
            let disc: Vec<u32> = places.iter().map(|i| luma(&out[*i])).collect();
            let middle = |of: fn(usize) -> usize| {
                places.iter().map(|i| of(*i)).sum::<usize>() / places.len()
            };
            let (x, y) = (middle(|i| i % SIZE.0), middle(|i| i / SIZE.0));
            // The sky up to three radii away. Only as many of its brightest pixels are compared as
            // the sun has, because single pixels are grain.
            let near = |i: &usize| {
                let (dx, dy) = ((i % SIZE.0).abs_diff(x), (i / SIZE.0).abs_diff(y));
                (dx * dx + dy * dy) < places.len() * 3
            };
            let sky = (0..out.len()).filter(|i| canvas.form[*i][2] == 255).filter(near);
            let sky = sky.map(|i| luma(&out[i]));
            let mut sky: Vec<u32> = sky.collect();
            sky.sort_unstable_by(|a, b| b.cmp(a));
            sky.truncate(disc.len());
            let mean = |all: &[u32]| all.iter().sum::<u32>() / all.len() as u32;
            let (sun, beside) = (mean(&disc), mean(&sky));
            assert!(sun >= beside, "{prompt}, {style}: {sun} in the sun, {beside} beside it");
        }
    }
}

#[test]
fn backdrops_are_dark_at_night_and_blue_under_water() {
    let sky = |prompt: &str, style: &str| {
        let (canvas, out) = styled(prompt, style);
        let sky: Vec<_> = (0..out.len()).filter(|i| canvas.form[*i][2] == 255).collect();
        [0, 1, 2].map(|c| sky.iter().map(|i| u32::from(out[*i][c])).sum::<u32>() / sky.len() as u32)
    };
    for style in ["3", "claymation", "3d_cartoon"] {
        let [day, night] = ["by day", "at night"]
            .map(|hour| sky(&format!("a meadow {hour}, no clouds"), style).iter().sum::<u32>());
        assert!(night * 3 < day * 2, "{style}: {night} at night, {day} by day");
        let deep = sky("a fish underwater by day", style);
        assert!(deep[2] > deep[0] + 30, "{style}: {deep:?} under water");
    }
}

/// A place, and things with the minimum part of the picture that each takes, in thousandths.
const SEEN: [(&str, &[(&str, usize)]); 11] = [
    (
        "on a meadow by day",
        &[
            ("a wolf", 15),
            ("a tiger", 20),
            ("a unicorn", 30),
            ("a camel", 30),
            ("a panda", 25),
            ("a monkey", 15),
            ("a squirrel", 12),
            ("a frog", 5),
            ("a snail", 3),
            ("a mouse", 3),
            ("a crab", 4),
            ("spiders", 4),
            ("a fountain", 15),
            ("a ferris wheel", 20),
            ("pumpkins", 10),
            ("a snake", 4),
            ("a crocodile", 12),
            ("a turtle", 6),
            ("a tractor", 25),
            ("a helicopter", 10),
            ("bamboo", 30),
            ("a violin", 6),
            ("a trumpet", 4),
            ("a skier", 12),
            ("an owl", 25),
            ("an eagle", 8),
            ("a knight", 15),
            ("a wizard", 15),
            ("a princess", 15),
            ("a bench", 10),
            ("a temple", 30),
            ("sunflowers", 25),
            ("a cherry tree", 25),
            ("mount fuji", 40),
            ("a volcano", 30),
            ("a cat", 15),
            ("a dog", 20),
            ("a fox", 15),
            ("a rabbit", 10),
            ("a horse", 30),
            ("a cow", 25),
            ("three sheep", 20),
            ("a deer", 20),
            ("a bear", 25),
            ("a lion", 20),
            ("an elephant", 40),
            ("a giraffe", 25),
            ("a dinosaur", 40),
            ("a dragon", 30),
            ("birds", 5),
            ("a butterfly", 5),
            ("bees", 5),
            ("a person", 12),
            ("children", 10),
            ("a dancer", 12),
            ("a robot", 20),
            ("a ghost", 20),
            ("a house", 30),
            ("a castle", 30),
            ("a windmill", 15),
            ("a church", 25),
            ("a tent", 15),
            ("a campfire", 15),
            ("a guitar", 12),
            ("a football", 2),
            ("a tree", 30),
            ("flowers", 15),
            ("mushrooms", 15),
            ("rocks", 10),
            ("a hot air balloon", 25),
            ("kites", 8),
            ("a rainbow", 10),
            ("a rocket", 15),
            ("a ufo", 10),
            ("a plane", 10),
            ("a heart", 15),
            ("a waterfall", 30),
            ("leaves", 2),
            ("bubbles", 2),
        ],
    ),
    (
        "in a room by day",
        &[
            ("a piano", 50),
            ("a cup", 5),
            ("a book", 3),
            ("sushi", 8),
            ("a bowl of ramen", 8),
            ("a pizza", 5),
            ("fruit", 8),
            ("a fireplace", 40),
            ("a candle", 5),
        ],
    ),
    (
        "in a city by day",
        &[
            ("a bus", 20),
            ("a bicycle", 10),
            ("umbrellas", 15),
            ("the eiffel tower", 15),
            ("a market", 60),
        ],
    ),
    (
        "on the sea by day",
        &[
            ("a boat", 20),
            ("a ship", 20),
            ("a whale", 10),
            ("an island", 5),
            ("dolphins", 8),
            ("a surfer", 40),
            ("an iceberg", 10),
        ],
    ),
    ("on the sea by day, clear", &[("a lighthouse", 15), ("a pier", 30)]),
    ("on a stage", &[("a dancer", 15), ("a guitar", 8), ("a knight", 12)]),
    ("on a lake by day", &[("a swan", 10), ("a bridge", 40), ("a boat", 15)]),
    (
        "underwater",
        &[
            ("fish", 20),
            ("a jellyfish", 15),
            ("a turtle", 15),
            ("a submarine", 30),
            ("a mermaid", 15),
        ],
    ),
    ("in space", &[("an astronaut", 15), ("a rocket", 15), ("meteors", 1), ("the earth", 40)]),
    ("on a road by day", &[("a car", 10), ("a train", 15)]),
    ("in the arctic at night", &[("penguins", 10), ("an aurora", 30), ("a snowman", 20)]),
];

#[test]
fn named_things_are_visible() {
    let mut missed = Vec::new();
    for (place, things) in SEEN {
        for (thing, least) in things {
            let with = Brief::read(&format!("{thing} {place}, still camera"), 3);
            let name = with.things.first().map(|t| t.0);
            assert!(name.is_some(), "{thing} is not understood");
            let mut without = with.clone();
            without.things.retain(|t| Some(t.0) != name);
            let share = differs(&drawn(&with), &drawn(&without));
            if share < *least {
                missed.push(format!("{thing} {place}: {share} of 1000, {least} at least"));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn excluded_things_are_not_visible() {
    for (prompt, thing) in [
        ("a lake without trees, summer day", Thing::Tree),
        ("a city by day, no cars", Thing::Car),
        ("a meadow at noon, no clouds", Thing::Clouds),
        ("a city at night without lamps", Thing::Lamp),
        ("the sea on a clear night without stars", Thing::Stars),
        ("an autumn field, no leaves", Thing::Leaves),
    ] {
        let brief = Brief::read(prompt, 3);
        assert_eq!(brief.without_things, [thing], "{prompt}");
        let scene = Scene::plan(&brief);
        let there = |scene: &Scene| scene.items.iter().any(|i| i.thing == thing);
        assert!(!there(&scene) && scene.count(thing).is_none(), "{prompt}");
        let usual = Brief { without_things: Vec::new(), ..brief.clone() };
        let share = differs(&drawn(&brief), &drawn(&usual));
        assert!(share > 1, "{prompt}: {share} of 1000 differ from the usual");
    }
    // Excluding things that weren't there anyway changes nothing.
    for (prompt, place) in [("a meadow, no cats", "a meadow"), ("the sea without boats", "the sea")]
    {
        let brief = Brief::read(prompt, 3);
        let plain = Brief { seed: brief.seed, title: brief.title.clone(), ..Brief::read(place, 3) };
        assert_eq!(differs(&drawn(&brief), &drawn(&plain)), 0, "{prompt}");
    }
}
