//! The table of styles: for each documented value, what is done, in order.
//!
//! Pika and Run both have an Anime and a Claymation. They are told apart: Pika's anime is bright
//! and inked, Run's soft and of the evening; Pika's clay is bold, Run's is pastel on a small stage.

use crate::style::Overlay as O;
use crate::style::Pass::{self, *};

const NONE: [u8; 3] = [128, 128, 128];
const INK: [u8; 3] = [18, 16, 22];

/// Pictures a second, and the passes.
#[rustfmt::skip]
pub(crate) fn passes(value: &str) -> (u32, &'static [Pass]) {
    match value {
        // Pika.
        "1" => (12, &[Grade(1.45, 1.12, 14.0, NONE, 0.0), Steps(6), Outline(1.4, [34, 24, 46], 0.0), Overlay(O::Beams([255, 255, 240]))]),
        "2" => (24, &[Grade(0.42, 1.25, -52.0, [30, 44, 66], 0.28), Vignette(1.0), Bloom(0.2)]),
        "3" => (24, &[Backdrop([226, 230, 236], [184, 190, 200]), Relight(1.1, 0.5, 0.2), Surface(5.0, 0.05), Bloom(0.25), Vignette(0.35)]),
        "4" => (12, &[Watercolour, Overlay(O::Margin(0.05, 1.0, [250, 247, 238]))]),
        "5" => (24, &[Grade(0.86, 1.06, 4.0, [255, 236, 200], 0.05), Bloom(0.35), Grain(3.0)]),
        "6" => (8, &[Steps(7), Grade(1.35, 1.0, 8.0, NONE, 0.0), Surface(14.0, 0.5), Relight(1.4, 0.35, 0.3), Surface(3.5, 0.16)]),
        "7" => (24, &[Grade(0.0, 1.35, 0.0, NONE, 0.0), Grain(7.0), Vignette(0.4)]),
        // Run.
        "abandoned" => (24, &[Grade(0.3, 0.95, -14.0, [128, 108, 74], 0.32), Overlay(O::Decay), Grain(8.0), Vignette(0.7)]),
        "abstract_sculpture" => (24, &[Sculpture, Vignette(0.35)]),
        "anime" => (12, &[Grade(1.1, 0.9, 22.0, [255, 150, 190], 0.16), Split([90, 70, 160], [255, 226, 190], 0.3), Steps(9), Outline(0.8, [86, 60, 110], 0.0), Bloom(0.7), Overlay(O::Beams([255, 190, 150]))]),
        "cartoon" => (12, &[Grade(1.7, 1.2, 16.0, NONE, 0.0), Steps(4), Outline(3.2, INK, 0.0)]),
        "cine_lens" => (24, &[Focus(150), Split([20, 50, 70], [255, 210, 160], 0.22), Bloom(0.6), Overlay(O::Flare), Vignette(0.5), Bars(0.125)]),
        "claymation" => (12, &[Backdrop([250, 222, 206], [238, 196, 190]), Steps(6), Grade(0.9, 0.85, 18.0, [255, 206, 190], 0.2), Surface(26.0, 0.45), Relight(1.2, 0.1, 0.4), Overlay(O::Stage)]),
        "concept_art" => (24, &[Strokes(26.0), Grade(0.75, 1.2, -6.0, [70, 100, 110], 0.15), Split([26, 48, 66], [250, 206, 150], 0.3), Vignette(0.3)]),
        "digital_art" => (24, &[Grade(1.7, 1.25, 6.0, [140, 40, 255], 0.1), Split([70, 10, 140], [120, 250, 255], 0.25), Relight(0.7, 0.8, 0.9), Bloom(1.0)]),
        "forestpunk" => (24, &[Grade(0.8, 1.1, -16.0, [70, 110, 40], 0.3), Overlay(O::Moss), Bloom(0.3), Vignette(0.5)]),
        "frost" => (24, &[Grade(0.3, 0.95, 30.0, [160, 210, 255], 0.42), Overlay(O::Ice), Bloom(0.5)]),
        "graphic_novel" => (12, &[Ramp(&[[14, 12, 18], [14, 12, 18], [96, 92, 120], [196, 190, 200], [250, 246, 236]]), Steps(4), Halftone(4.0), Outline(2.4, [8, 8, 12], 0.6), Overlay(O::Margin(0.035, 0.0, [252, 250, 244]))]),
        "graphite" => (8, &[Hatch, Outline(1.1, [66, 66, 70], 1.2)]),
        "isometric_3d" => (24, &[Isometric]),
        "low_poly_3d" => (24, &[Triangles(24.0), Grade(1.25, 1.1, 6.0, NONE, 0.0)]),
        "marker_drawing" => (8, &[Marker, Outline(2.6, [26, 24, 34], 2.2), Overlay(O::Margin(0.07, 2.0, [252, 252, 250]))]),
        "moody_film" => (24, &[Grade(0.6, 1.2, -40.0, [20, 60, 70], 0.16), Split([0, 52, 62], [236, 170, 110], 0.42), Bloom(0.5), Grain(26.0), Vignette(0.9), Bars(0.1)]),
        "pixel_art" => (12, &[Grade(1.35, 1.2, 6.0, NONE, 0.0), Outline(2.2, [30, 24, 50], 0.0), Pixels(5, 5)]),
        "retro" => (12, &[Ramp(&[[62, 38, 36], [150, 66, 46], [222, 126, 60], [240, 190, 110], [250, 232, 190]]), Halftone(6.5), Surface(2.0, 0.06), Overlay(O::Margin(0.055, 0.0, [246, 230, 196]))]),
        "sci_fi_art" => (24, &[Grade(0.7, 1.35, -36.0, [16, 60, 120], 0.36), Overlay(O::Circuit), Bloom(0.9)]),
        "stickers" => (12, &[Grade(1.35, 1.05, 12.0, NONE, 0.0), Stickers]),
        "storyboard" => (6, &[Ramp(&[[90, 90, 96], [150, 150, 154], [214, 214, 214], [244, 243, 238], [250, 249, 244]]), Steps(4), Outline(1.8, [44, 44, 50], 2.6), Surface(2.5, 0.05), Overlay(O::Panel)]),
        "thriller" => (24, &[Grade(0.9, 2.1, -46.0, NONE, 0.0), Spot(0.0), Split([10, 0, 0], [236, 30, 24], 0.24), Overlay(O::Blinds), Grain(14.0), Vignette(1.0)]),
        "3d_cartoon" => (24, &[Backdrop([255, 196, 120], [255, 244, 206]), Grade(1.55, 0.95, 24.0, NONE, 0.0), Relight(0.9, 0.9, 1.2), Bloom(0.4)]),
        "3d_render" => (24, &[Backdrop([52, 56, 64], [20, 22, 26]), Grade(0.7, 1.1, -10.0, NONE, 0.0), Split([14, 18, 30], [255, 244, 226], 0.3), Relight(1.6, 1.8, 0.7), Bloom(0.6), Vignette(0.8)]),
        "80s_vaporwave" => (24, &[Ramp(&[[26, 6, 62], [92, 18, 126], [236, 48, 156], [255, 140, 190], [120, 240, 255]]), Overlay(O::Grid), Bloom(0.7)]),
        _ => (24, &[]),
    }
}
