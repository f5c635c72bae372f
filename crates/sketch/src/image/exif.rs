//! The orientation of a picture, as cameras store it (Exif 2.3, 4.6.4: tag 0x0112 in the first
//! directory of a TIFF file).

/// The orientation, from 1 (upright) to 8; 1 if it is missing or invalid.
pub(super) fn orientation(tiff: &[u8]) -> u8 {
    read(tiff).filter(|own| (1..=8).contains(own)).unwrap_or(1)
}

fn read(tiff: &[u8]) -> Option<u8> {
    const ORIENTATION: u16 = 0x0112;
    const SHORT: u16 = 3;
    let little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let two = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let u32_at = |at: usize| {
        let four = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    let directory = u32_at(4)? as usize;
    let entries = usize::from(u16_at(directory)?);
    (0..entries)
        .map_while(|entry| directory.checked_add(2 + entry * 12))
        .find(|at| u16_at(*at) == Some(ORIENTATION))
        .filter(|at| u16_at(at + 2) == Some(SHORT))
        .and_then(|at| u8::try_from(u16_at(at + 8)?).ok())
}
