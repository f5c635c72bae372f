//! Styles: how a drawn scene is treated, each by its name.
//!
//! A treatment works on pixels, with what the canvas knows of their form and kind. It must not know
//! what the scene was made from.

use crate::math::fast_sin;
use crate::rng::speckle;
use crate::scene::{Canvas, Kind};

/// How one style differs from the plain picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Treatment {
    /// Colour strength; 1 is unchanged.
    saturation: f32,
    contrast: f32,
    brightness: f32,
    /// A colour that all is drawn towards, and how far.
    tint: ([f32; 3], f32),
    /// Shades a channel is cut to; 0 leaves it smooth.
    levels: u8,
    /// Outline width in pixels and its darkness.
    outline: f32,
    /// Size of square pixels, in pixels at 360 lines.
    block: usize,
    grain: f32,
    /// Bars above and below, as a part of the height.
    bars: f32,
    paper: f32,
    light: f32,
}

const PLAIN: Treatment = Treatment {
    saturation: 1.0,
    contrast: 1.0,
    brightness: 0.0,
    tint: ([128.0; 3], 0.0),
    levels: 0,
    outline: 0.0,
    block: 1,
    grain: 0.0,
    bars: 0.0,
    paper: 0.0,
    light: 0.0,
};

impl Treatment {
    /// The treatment of a style value; unknown values are left plain.
    pub(crate) fn of(value: &str) -> Self {
        let tint = |r: u8, g: u8, b: u8, much| ([f32::from(r), f32::from(g), f32::from(b)], much);
        match value {
            "1" => Self { saturation: 1.3, levels: 6, outline: 0.8, ..PLAIN },
            "anime" => {
                Self { saturation: 1.15, levels: 8, outline: 0.6, brightness: 16.0, ..PLAIN }
            }
            "2" => Self { saturation: 0.6, contrast: 1.2, brightness: -34.0, ..PLAIN },
            "3" => Self { light: 0.8, brightness: 8.0, ..PLAIN },
            "4" => Self { paper: 0.6, saturation: 0.8, brightness: 26.0, ..PLAIN },
            "6" => Self { light: 1.0, levels: 10, saturation: 1.2, ..PLAIN },
            "7" => Self { saturation: 0.0, contrast: 1.25, ..PLAIN },
            "abandoned" => {
                Self { saturation: 0.4, tint: tint(120, 104, 70, 0.3), grain: 18.0, ..PLAIN }
            }
            "abstract_sculpture" => Self { saturation: 0.15, light: 1.6, levels: 5, ..PLAIN },
            "cartoon" => Self { saturation: 1.5, levels: 4, outline: 1.6, ..PLAIN },
            "cine_lens" => {
                Self { bars: 0.12, contrast: 1.12, tint: tint(255, 170, 90, 0.1), ..PLAIN }
            }
            "claymation" => Self { light: 1.2, levels: 7, brightness: 10.0, ..PLAIN },
            "concept_art" => Self { block: 3, saturation: 0.85, paper: 0.3, ..PLAIN },
            "digital_art" => Self { saturation: 1.6, contrast: 1.2, light: 0.3, ..PLAIN },
            "forestpunk" => Self { tint: tint(50, 110, 50, 0.4), contrast: 1.1, ..PLAIN },
            "frost" => {
                Self { tint: tint(170, 215, 255, 0.5), saturation: 0.5, brightness: 20.0, ..PLAIN }
            }
            "graphic_novel" => {
                Self { saturation: 0.3, levels: 3, outline: 1.3, contrast: 1.5, ..PLAIN }
            }
            "graphite" => {
                Self { saturation: 0.0, paper: 1.0, outline: 0.7, brightness: 40.0, ..PLAIN }
            }
            "isometric_3d" => Self { light: 0.7, levels: 6, block: 6, ..PLAIN },
            "low_poly_3d" => Self { block: 10, light: 0.6, ..PLAIN },
            "marker_drawing" => {
                Self { paper: 0.5, outline: 1.0, saturation: 1.4, levels: 5, ..PLAIN }
            }
            "moody_film" => Self {
                tint: tint(20, 80, 90, 0.3),
                brightness: -24.0,
                grain: 14.0,
                bars: 0.08,
                ..PLAIN
            },
            "pixel_art" => Self { block: 4, levels: 5, saturation: 1.3, ..PLAIN },
            "retro" => Self {
                tint: tint(236, 196, 130, 0.35),
                saturation: 0.8,
                grain: 8.0,
                levels: 9,
                ..PLAIN
            },
            "sci_fi_art" => Self { tint: tint(20, 120, 220, 0.3), contrast: 1.3, ..PLAIN },
            "stickers" => Self { outline: -2.0, saturation: 1.4, ..PLAIN },
            "storyboard" => {
                Self { saturation: 0.1, paper: 0.8, outline: 1.2, levels: 3, bars: 0.04, ..PLAIN }
            }
            "thriller" => {
                Self { tint: tint(190, 0, 0, 0.25), contrast: 1.8, brightness: -40.0, ..PLAIN }
            }
            "3d_cartoon" => Self { light: 0.9, saturation: 1.4, brightness: 22.0, ..PLAIN },
            "3d_render" => Self { light: 1.2, contrast: 1.1, ..PLAIN },
            "80s_vaporwave" => {
                Self { tint: tint(255, 60, 200, 0.4), saturation: 1.5, grain: 4.0, ..PLAIN }
            }
            _ => PLAIN,
        }
    }

    /// Treats a drawn canvas; `rgb` takes three bytes a pixel. `frame` counts the pictures.
    pub(crate) fn apply(&self, canvas: &Canvas, frame: u32, rgb: &mut Vec<u8>) {
        let (w, h) = (canvas.width, canvas.height);
        rgb.clear();
        rgb.reserve(w * h * 3);
        let block = (self.block * h / 360).max(1);
        let bar = (self.bars * h as f32) as usize;
        for y in 0..h {
            for x in 0..w {
                let (sx, sy) = (x / block * block, y / block * block);
                let at = sy * w + sx;
                let p = canvas.rgb[at];
                let mut c = [f32::from(p[0]), f32::from(p[1]), f32::from(p[2])];
                let grey = 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2];
                let form = canvas.form[at];
                let tilt =
                    (f32::from(form[0]) - 128.0) * -0.5 + (f32::from(form[1]) - 128.0) * -0.6;
                let grain = (speckle(x as i32, y as i32, frame) - 0.5) * 2.0 * self.grain
                    + (speckle(x as i32 / 2, y as i32 / 2, 7) - 0.5) * 60.0 * self.paper;
                let edge = self.outline != 0.0
                    && x + 1 < w
                    && y + 1 < h
                    && p[3] != Kind::Sky as u8
                    && (canvas.form[at + 1][3] != form[3] || canvas.form[at + w][3] != form[3]);
                for (i, v) in c.iter_mut().enumerate() {
                    *v = grey + (*v - grey) * self.saturation;
                    *v += (self.tint.0[i] - *v) * self.tint.1;
                    *v = (*v - 118.0) * self.contrast + 118.0 + self.brightness;
                    *v += tilt * self.light * 0.5 + grain;
                    if self.levels > 0 {
                        let step = 255.0 / f32::from(self.levels);
                        *v = ((*v / step).floor() + 0.5) * step;
                    }
                    if edge {
                        *v += if self.outline < 0.0 { 255.0 } else { -90.0 * self.outline };
                    }
                    *v *= 1.0 + 0.02 * self.paper * fast_sin(y as f32 * 0.13);
                    if y < bar || y >= h - bar {
                        *v = 0.0;
                    }
                }
                rgb.extend(c.map(|v| v.clamp(0.0, 255.0) as u8));
            }
        }
    }
}
