//! The table of styles: the passes of each documented value, in order.
//!
//! Pika and Run both have an Anime and a Claymation, which look different: Pika's anime is bright
//! and inked, Run's is soft with evening light; Pika's clay is bold, Run's is pastel on a small
//! stage.

use crate::style::Overlay as O;
use crate::style::Pass::{self, *};

const NONE: [u8; 3] = [128, 128, 128];
const INK: [u8; 3] = [18, 16, 22];

/// Pictures per second, and the passes.
#[rustfmt::skip]
pub(crate) fn passes(value: &str) -> (u32, &'static [Pass]) {
    match value {
        // Pika.
        "1" => (12, &[Expose(112.0, 0.5), Grade(1.45, 1.12, 14.0, NONE, 0.0), Steps(6), Outline(1.4, [34, 24, 46], 0.0), Overlay(O::Beams([255, 255, 240]))]),
        "2" => (24, &[Expose(110.0, 0.8), Grade(0.3, 1.3, -22.0, [34, 52, 84], 0.34), Haze([64, 80, 104], 0.8), Bloom(0.35), Enlarge(9), Vignette(0.95)]),
        "3" => (12, &[Expose(132.0, 0.7), Backdrop([236, 239, 244], [206, 212, 222]), Puff(4.0, 0.9, 0.25, 0.3), Extrude(11.0), Bloom(0.2)]),
        "4" => (12, &[Expose(140.0, 0.6), Watercolour, Enlarge(9), Overlay(O::Margin(0.05, 1.0, [250, 247, 238]))]),
        "5" => (24, &[Expose(122.0, 0.75), Haze([196, 208, 214], 0.55), Grade(0.8, 1.1, 6.0, [255, 226, 176], 0.09), Puff(5.0, 0.35, 0.0, 0.25), Surface(1.6, 0.12), Bloom(0.4), Enlarge(8), Grain(3.0)]),
        "6" => (8, &[Expose(112.0, 0.6), Steps(7), Grade(1.35, 1.0, 8.0, NONE, 0.0), Puff(13.0, 1.3, 0.25, 0.3), Surface(16.0, 0.3), Surface(3.5, 0.14)]),
        "7" => (24, &[Expose(108.0, 0.6), Grade(0.0, 1.4, 0.0, NONE, 0.0), Enlarge(9), Grain(7.0), Vignette(0.5)]),
        // Run.
        "abandoned" => (24, &[Expose(116.0, 0.7), Grade(0.34, 1.05, -10.0, [128, 108, 74], 0.32), Overlay(O::Decay), Enlarge(9), Grain(8.0), Vignette(0.7)]),
        "abstract_sculpture" => (24, &[Sculpture, Vignette(0.35)]),
        "anime" => (12, &[Expose(126.0, 0.7), Grade(1.6, 1.12, 12.0, [255, 120, 170], 0.1), Split([84, 40, 170], [255, 226, 176], 0.28), Steps(5), Puff(2.5, 0.3, 0.0, 1.2), Outline(1.0, [86, 40, 110], 0.0), Bloom(0.8), Overlay(O::Sparks([255, 220, 236], [255, 250, 220]))]),
        "cartoon" => (12, &[Expose(128.0, 0.7), Grade(1.7, 1.2, 16.0, NONE, 0.0), Steps(4), Outline(3.2, INK, 0.0)]),
        "cine_lens" => (24, &[Expose(100.0, 0.5), Focus(150), Split([20, 50, 70], [255, 210, 160], 0.22), Bloom(0.6), Overlay(O::Flare), Enlarge(9), Vignette(0.5), Bars(0.125)]),
        "claymation" => (12, &[Expose(120.0, 0.6), Backdrop([250, 222, 206], [238, 196, 190]), Steps(6), Grade(0.9, 0.85, 18.0, [255, 206, 190], 0.2), Puff(9.0, 1.5, 0.1, 0.5), Surface(22.0, 0.16), Surface(4.0, 0.1), Overlay(O::Stage)]),
        "concept_art" => (12, &[Expose(108.0, 0.6), Haze([196, 178, 150], 0.42), Strokes(20.0), Grade(0.95, 1.3, 2.0, [70, 100, 110], 0.12), Split([26, 48, 66], [250, 206, 150], 0.3), Vignette(0.3)]),
        "digital_art" => (12, &[Expose(112.0, 0.7), Haze([150, 60, 230], 0.75), Grade(1.5, 1.2, 4.0, [120, 30, 255], 0.1), Split([60, 0, 130], [255, 220, 180], 0.2), Duo(7.0, [40, 226, 255], [255, 50, 180], 0.8), Bloom(0.9), Overlay(O::Sparks([255, 120, 220], [120, 240, 255]))]),
        "forestpunk" => (12, &[Expose(104.0, 0.6), Grade(0.8, 1.1, -16.0, [70, 110, 40], 0.3), Overlay(O::Moss), Bloom(0.3), Vignette(0.5)]),
        "frost" => (24, &[Grade(0.3, 0.95, 30.0, [160, 210, 255], 0.42), Overlay(O::Ice), Bloom(0.5), Enlarge(9)]),
        "graphic_novel" => (12, &[Expose(170.0, 0.9), Grade(0.0, 1.25, 10.0, NONE, 0.0), Ramp(&[[14, 12, 18], [14, 12, 18], [104, 100, 128], [206, 200, 208], [252, 248, 238]]), Steps(4), Halftone(4.0), Outline(2.4, [8, 8, 12], 0.6), Overlay(O::Margin(0.035, 0.0, [252, 250, 244]))]),
        "graphite" => (8, &[Expose(150.0, 0.9), Hatch, Outline(1.3, [58, 58, 62], 1.2)]),
        "isometric_3d" => (24, &[Expose(118.0, 0.5), Isometric]),
        "low_poly_3d" => (12, &[Expose(118.0, 0.6), Triangles(11.5), Grade(1.25, 1.1, 6.0, NONE, 0.0)]),
        "marker_drawing" => (8, &[Expose(140.0, 0.8), Marker, Outline(2.6, [26, 24, 34], 2.2), Overlay(O::Margin(0.07, 2.0, [252, 252, 250]))]),
        "moody_film" => (24, &[Expose(100.0, 0.8), Grade(0.6, 1.2, -18.0, [20, 60, 70], 0.16), Split([0, 52, 62], [236, 170, 110], 0.46), Bloom(0.5), Enlarge(9), Grain(17.0), Vignette(0.9), Bars(0.1)]),
        "pixel_art" => (12, &[Expose(116.0, 0.6), Grade(1.35, 1.2, 6.0, NONE, 0.0), Outline(2.2, [30, 24, 50], 0.0), Pixels(5, 5)]),
        "retro" => (12, &[Expose(120.0, 0.8), Ramp(&[[62, 38, 36], [150, 66, 46], [222, 126, 60], [240, 190, 110], [250, 232, 190]]), Halftone(6.5), Surface(2.0, 0.06), Overlay(O::Margin(0.055, 0.0, [246, 230, 196]))]),
        "sci_fi_art" => (12, &[Expose(96.0, 0.6), Grade(0.7, 1.35, -36.0, [16, 60, 120], 0.36), Overlay(O::Circuit), Bloom(0.9)]),
        "stickers" => (12, &[Grade(1.35, 1.05, 12.0, NONE, 0.0), Stickers]),
        "storyboard" => (6, &[Expose(150.0, 0.9), Ramp(&[[90, 90, 96], [150, 150, 154], [214, 214, 214], [244, 243, 238], [250, 249, 244]]), Steps(4), Outline(1.8, [44, 44, 50], 2.6), Surface(2.5, 0.05), Overlay(O::Panel)]),
        "thriller" => (24, &[Expose(150.0, 0.9), Grade(0.9, 1.9, -44.0, NONE, 0.0), Spot(0.0), Split([10, 0, 0], [246, 30, 24], 0.34), Overlay(O::Blinds), Enlarge(9), Grain(14.0), Vignette(1.0)]),
        "3d_cartoon" => (12, &[Expose(140.0, 0.8), Backdrop([255, 190, 110], [255, 240, 200]), Grade(1.6, 0.95, 20.0, NONE, 0.0), Puff(10.0, 1.0, 1.1, 1.0), Bloom(0.4)]),
        "3d_render" => (24, &[Expose(104.0, 0.6), Backdrop([52, 56, 64], [18, 20, 24]), Grade(0.55, 1.2, -16.0, NONE, 0.0), Split([14, 18, 30], [255, 244, 226], 0.3), Puff(3.0, 1.4, 1.6, 0.4), Relight(1.2, 1.6, 0.6), Mirror(0.8), Bloom(0.6), Enlarge(8), Vignette(0.8)]),
        "80s_vaporwave" => (12, &[Expose(112.0, 0.6), Ramp(&[[26, 6, 62], [92, 18, 126], [236, 48, 156], [255, 140, 190], [120, 240, 255]]), Overlay(O::Grid), Bloom(0.7)]),
        _ => (24, &[]),
    }
}
