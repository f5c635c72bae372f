//! Pictures of all formats are decoded upright and in their colours; hostile ones are rejected with
//! the right error.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;

/// The same picture in many formats: 60 by 40, with red, green, blue and white corners. Those named
/// `turned` have an Exif orientation.
const FILES: [(&str, &[u8]); 18] = [
    ("baseline.jpg", include_bytes!("../../tests/images/baseline.jpg")),
    ("progressive.jpg", include_bytes!("../../tests/images/progressive.jpg")),
    ("cmyk.jpg", include_bytes!("../../tests/images/cmyk.jpg")),
    ("grey.jpg", include_bytes!("../../tests/images/grey.jpg")),
    ("turned.jpg", include_bytes!("../../tests/images/turned.jpg")),
    ("rgb.png", include_bytes!("../../tests/images/rgb.png")),
    ("turned.png", include_bytes!("../../tests/images/turned.png")),
    ("palette.png", include_bytes!("../../tests/images/palette.png")),
    ("holes.png", include_bytes!("../../tests/images/holes.png")),
    ("grey-alpha.png", include_bytes!("../../tests/images/grey-alpha.png")),
    ("bits.png", include_bytes!("../../tests/images/bits.png")),
    ("sixteen-interlaced.png", include_bytes!("../../tests/images/sixteen-interlaced.png")),
    ("lossy.webp", include_bytes!("../../tests/images/lossy.webp")),
    ("lossless.webp", include_bytes!("../../tests/images/lossless.webp")),
    ("holes.webp", include_bytes!("../../tests/images/holes.webp")),
    ("turned.webp", include_bytes!("../../tests/images/turned.webp")),
    ("animated.webp", include_bytes!("../../tests/images/animated.webp")),
    ("animated.gif", include_bytes!("../../tests/images/animated.gif")),
];

fn read(file: &[u8]) -> Result<Picture, SketchError> {
    Picture::read(file, (1000, 1000), &mut |_| ControlFlow::Continue(()))
}

fn file(name: &str) -> Vec<u8> {
    FILES.iter().find(|f| f.0 == name).map(|f| f.1.to_vec()).unwrap_or_default()
}

#[test]
fn every_format_shows_the_same_picture() {
    for (name, bytes) in FILES {
        let picture = read(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((picture.width, picture.height), (60, 40), "{name}");
        let at = |x: usize, y: usize| picture.px[y * 60 + x];
        assert_eq!(picture.has_holes(), name.starts_with("holes"), "{name}");
        let corners = [at(4, 4), at(55, 4), at(4, 35), at(55, 35)];
        if name.starts_with("bits") {
            assert_eq!(corners[3][..3], [255; 3], "{name}");
            continue;
        }
        if name.starts_with("grey") {
            let greys = corners.map(|c| c[0]);
            assert!(corners.iter().all(|c| c[0] == c[1] && c[1] == c[2]), "{name}: {corners:?}");
            assert!(
                greys[3] > 240 && greys[1] > greys[0] && greys[0] > greys[2],
                "{name}: {greys:?}"
            );
            continue;
        }
        let far = |a: [u8; 4], b: [u8; 3]| (0..3).map(|c| a[c].abs_diff(b[c])).max().unwrap_or(0);
        let expected = [[220, 20, 20], [20, 200, 20], [20, 20, 220], [250, 250, 250]];
        for (corner, colour) in corners.into_iter().zip(expected) {
            assert!(far(corner, colour) < 24, "{name}: {corner:?} instead of {colour:?}");
        }
    }
}

#[test]
fn formats_without_loss_are_exact() {
    let plain = read(&file("rgb.png")).map(|p| p.px);
    for name in ["lossless.webp", "turned.png", "animated.webp"] {
        let same = read(&file(name)).map(|p| p.px) == plain;
        assert!(plain.is_ok() && same, "{name}");
    }
    // This file was written with a higher bit depth.
    let deep = read(&file("sixteen-interlaced.png")).map(|p| p.px).unwrap_or_default();
    let pairs = deep.as_flattened().iter().zip(plain.as_deref().unwrap_or_default().as_flattened());
    let off = pairs.map(|(a, b)| a.abs_diff(*b)).max();
    assert!(off.is_some_and(|off| off < 3), "{off:?}");
}

#[test]
fn decoding_gives_the_same_pixels_on_every_host() {
    // JPEG and lossy WebP decode with arithmetic that could differ between hosts. These are the
    // sums on a 64-bit host, with and without vector instructions. The browser tests, which compare
    // whole files, check that wasm gets the same.
    let sum = |name: &str| {
        let px = read(&file(name)).map(|p| p.px).unwrap_or_default();
        crate::rng::hash(px.as_flattened())
    };
    let sums = ["baseline.jpg", "progressive.jpg", "cmyk.jpg", "lossy.webp"].map(sum);
    assert_eq!(sums, GOLDEN, "{sums:#018x?}");
}

const GOLDEN: [u64; 4] =
    [0x69de_fb3a_42e7_6187, 0x69de_fb3a_42e7_6187, 0x9ece_c6d6_7e8d_c3c7, 0xbdb6_1fd5_7d3a_1ec5];

#[test]
fn large_pictures_become_smaller_and_small_ones_stay() {
    let read = |cover| {
        Picture::read(&file("rgb.png"), cover, &mut |_| ControlFlow::Continue(()))
            .map(|p| (p.width, p.height))
    };
    assert_eq!(read((30, 10)), Ok((30, 20)));
    assert_eq!(read((15, 20)), Ok((30, 20)));
    assert_eq!(read((60, 40)), Ok((60, 40)));
    assert_eq!(read((600, 10)), Ok((60, 40)));
    // The size of a rotated picture is checked as it will be upright.
    let turned = Picture::read(&file("turned.jpg"), (30, 10), &mut |_| ControlFlow::Continue(()));
    assert_eq!(turned.map(|p| (p.width, p.height)), Ok((30, 20)));
}

#[test]
fn truncated_files_are_rejected() {
    for (name, bytes) in FILES {
        for part in [bytes.len() / 3, bytes.len() / 2] {
            let end = read(&bytes[..part]).err();
            let refused = matches!(
                end,
                Some(SketchError::Image(ImageError::Incomplete | ImageError::Broken))
            );
            assert!(refused, "{name}, {part} bytes: {end:?}");
        }
    }
    let jpeg = file("progressive.jpg");
    let end = read(&jpeg[..jpeg.len() - 2]).err();
    assert_eq!(end, Some(ImageError::Incomplete.into()));
}

#[test]
fn other_files_are_refused_by_name() {
    for bytes in [
        &b""[..],
        b"\xff\xd8",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF",
        b"RIFF    WAVEfmt ",
    ] {
        assert_eq!(read(bytes).err(), Some(ImageError::Format.into()));
    }
    let long = vec![0xff; IMAGE_MAX_BYTES + 1];
    assert_eq!(read(&long).err(), Some(ImageError::Bytes.into()));
}

/// PNG's checksum of a chunk's name and body.
fn crc(bytes: &[u8]) -> [u8; 4] {
    let crc = bytes.iter().fold(u32::MAX, |crc, b| {
        (0..8).fold(
            crc ^ u32::from(*b),
            |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 },
        )
    });
    (!crc).to_be_bytes()
}

/// A PNG whose header states this size.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut png = file("rgb.png");
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum);
    png
}

#[test]
fn sizes_beyond_the_limits_are_rejected_before_allocation() {
    for (width, height) in
        [(100_000, 100_000), (20_000, 2), (5001, 5000), (0x7fff_ffff, 0x7fff_ffff)]
    {
        let end = read(&png_of(width, height)).err();
        assert_eq!(end, Some(ImageError::Pixels { width, height }.into()));
    }
    for (width, height) in [(0, 40), (60, 0)] {
        assert_eq!(read(&png_of(width, height)).err(), Some(ImageError::Broken.into()));
    }
    let mut jpeg = file("baseline.jpg");
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap_or(0);
    jpeg[frame + 5..frame + 9].fill(0xff);
    let end = read(&jpeg).err();
    assert_eq!(end, Some(ImageError::Pixels { width: 65_535, height: 65_535 }.into()));
    jpeg[frame + 5..frame + 7].fill(0);
    assert_eq!(read(&jpeg).err(), Some(ImageError::Broken.into()));
    let mut gif = file("animated.gif");
    gif[6..10].fill(0xff);
    let end = read(&gif).err();
    assert_eq!(end, Some(ImageError::Pixels { width: 65_535, height: 65_535 }.into()));
    let mut webp = file("animated.webp");
    // The canvas size in the extended header: three bytes each, minus one.
    webp[24..30].fill(0xfe);
    let end = read(&webp).err();
    assert!(matches!(end, Some(SketchError::Image(_))), "{end:?}");
}

#[test]
fn too_many_scans_are_rejected() {
    let jpeg = file("progressive.jpg");
    let scan = jpeg.windows(2).rposition(|w| w == [0xff, 0xda]).unwrap_or(0);
    let mut many = jpeg[..jpeg.len() - 2].to_vec();
    for _ in 0..500 {
        many.extend_from_slice(&jpeg[scan..jpeg.len() - 2]);
    }
    many.extend([0xff, 0xd9]);
    assert_eq!(read(&many).err(), Some(ImageError::Broken.into()));
}

#[test]
fn reading_stops_on_break() {
    // Large enough for several progress reports: noise doesn't compress.
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, 600, 400);
    encoder.set_color(::png::ColorType::Rgb);
    let mut rng = crate::rng::Rng::new(1);
    let noise: Vec<u8> = (0..600 * 400 * 3).map(|_| rng.bits() as u8).collect();
    let written = encoder.write_header().and_then(|mut w| w.write_image_data(&noise));
    assert!(written.is_ok() && bytes.len() > 500_000);
    let mut parts = Vec::new();
    let all = Picture::read(&bytes, (300, 200), &mut |part| {
        parts.push(part);
        ControlFlow::Continue(())
    });
    assert_eq!(all.map(|p| (p.width, p.height)), Ok((300, 200)));
    assert!(parts.len() > 4 && parts.windows(2).all(|w| w[0] <= w[1]), "{parts:?}");
    let mut asked = 0;
    let end = Picture::read(&bytes, (300, 200), &mut |_| {
        asked += 1;
        ControlFlow::Break(())
    });
    assert_eq!((end.err(), asked), (Some(SketchError::Cancelled), 1));
}

#[test]
fn each_fault_says_what_to_do() {
    let faults = [
        (ImageError::Format, "Use a"),
        (ImageError::Bytes, "at most 16 MB"),
        (ImageError::Pixels { width: 9, height: 7 }, "9 by 7 pixels. Make it smaller"),
        (ImageError::Incomplete, "again"),
        (ImageError::Broken, "save it anew"),
    ];
    let mut codes: Vec<&str> = faults.iter().map(|f| f.0.code()).collect();
    for (fault, words) in &faults {
        assert!(fault.to_string().contains(words), "{fault}");
    }
    codes.dedup();
    assert_eq!(codes.len(), faults.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A file with any byte changed is decoded within the limits, or rejected.
    #[test]
    fn no_file_breaks_it(
        which in 0..FILES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        end in any::<prop::sample::Index>(),
        cut: bool,
    ) {
        let mut bytes = FILES[which].1.to_vec();
        for (place, byte) in changes {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        hold(&bytes);
    }

    /// So is any data after a valid signature.
    #[test]
    fn no_bytes_break_it(head in 0..4usize, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let heads: [&[u8]; 4] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP"];
        hold(&[heads[head], &bytes].concat());
    }
}

/// The properties that must hold for any bytes.
fn hold(bytes: &[u8]) {
    match read(bytes) {
        Ok(picture) => {
            assert_eq!(picture.px.len(), picture.width * picture.height);
            assert!(picture.width > 0 && picture.height > 0);
            assert!(picture.px.len() as u64 <= IMAGE_MAX_PIXELS);
        }
        Err(error) => assert!(matches!(error, SketchError::Image(_)), "{error}"),
    }
}

#[test]
fn each_format_becomes_a_png_of_the_same_pixels() {
    for (name, bytes) in FILES {
        let before = read(bytes).unwrap();
        let png = to_png(bytes).unwrap();
        let after = read(&png).unwrap();
        assert!(png.starts_with(b"\x89PNG"), "{name}");
        assert_eq!((after.width, after.height), (before.width, before.height), "{name}");
        for (one, other) in before.px.iter().zip(&after.px) {
            let expected = if one[3] == 0 { [255; 3] } else { [one[0], one[1], one[2]] };
            assert_eq!(other[3], 255, "{name}");
            if [0, 255].contains(&one[3]) {
                assert_eq!(other[..3], expected, "{name}");
            }
        }
    }
    assert!(matches!(to_png(b"GIF89a"), Err(SketchError::Image(_))));
}
