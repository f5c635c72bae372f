//! Whether a JPEG's scans hold every block of its picture (ITU-T T.81). Decoders, those of browsers
//! among them, fill up with grey what a shortened scan lacks, so none of them tells.
//!
//! Codes are counted; no pixel is made. Of a progressive picture one bit for each coefficient is kept.

use std::io::Read;

use super::error::ContentError;
use super::parts::{SHOWN_MAX_PIXELS, take};

/// More scans than any encoder writes only cost time.
const SCANS_MAX: usize = 100;

/// Arithmetic codes, lossless and hierarchical pictures, samples of 12 bits.
const OTHER_KIND: &str = "a kind of JPEG";

/// The codes of a Huffman table: of each length the first code, how many there are, and where their
/// values begin.
#[derive(Clone, Default)]
struct Codes {
    first: [u32; 17],
    count: [u32; 17],
    place: [usize; 17],
    values: Vec<u8>,
}

/// A component of the picture.
struct Component {
    id: u8,
    across: usize,
    down: usize,
    /// Its own blocks, and those with which units are filled up.
    blocks: (usize, usize),
    stored: (usize, usize),
    /// Of each block, which coefficients are not zero. Empty unless the picture is progressive.
    not_zero: Vec<u64>,
    /// Of each coefficient, which bits are still to come: `None` before its first scan.
    missing: [Option<u8>; 64],
}

/// The frame of a picture, as its header says.
pub(super) struct Frame {
    progressive: bool,
    components: Vec<Component>,
    /// Units across and down, where all components are in one scan.
    units: (usize, usize),
    scans: usize,
}

/// The tables that stand before a scan.
#[derive(Default)]
pub(super) struct Tables {
    dc: [Codes; 4],
    ac: [Codes; 4],
    /// After how many units a scan may be restarted; 0: never.
    restart: usize,
}

impl Tables {
    /// Reads the tables of a `DHT` segment.
    pub(super) fn define(&mut self, mut segment: &[u8]) -> Result<(), ContentError> {
        while !segment.is_empty() {
            let [kind, lengths @ ..] = take::<17>(&mut segment)?;
            let mut codes = Codes::default();
            let (mut code, mut place) = (0, 0);
            for (length, count) in (1..).zip(lengths) {
                codes.first[length] = code;
                codes.count[length] = count.into();
                codes.place[length] = place;
                place += usize::from(count);
                code = (code + u32::from(count)) << 1;
            }
            codes.values = segment.get(..place).ok_or(ContentError::Broken)?.to_vec();
            segment = &segment[place..];
            let tables = match kind >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(ContentError::Broken),
            };
            *tables.get_mut(usize::from(kind & 15)).ok_or(ContentError::Broken)? = codes;
        }
        Ok(())
    }

    /// Reads a `DRI` segment.
    pub(super) fn restarts(&mut self, mut segment: &[u8]) -> Result<(), ContentError> {
        self.restart = u16::from_be_bytes(take::<2>(&mut segment)?).into();
        Ok(())
    }
}

impl Frame {
    /// Reads the header of a frame, which begins with this marker.
    pub(super) fn read(marker: u8, mut segment: &[u8]) -> Result<Self, ContentError> {
        if !matches!(marker, 0xc0..=0xc2) {
            return Err(ContentError::Unplayable(OTHER_KIND));
        }
        let progressive = marker == 0xc2;
        let [precision, a, b, c, d, count] = take::<6>(&mut segment)?;
        let (height, width): (usize, usize) =
            (u16::from_be_bytes([a, b]).into(), u16::from_be_bytes([c, d]).into());
        if precision != 8 {
            return Err(ContentError::Unplayable(OTHER_KIND));
        }
        if width == 0 || height == 0 {
            return Err(ContentError::Empty);
        }
        if width as u64 * height as u64 > SHOWN_MAX_PIXELS {
            return Err(ContentError::TooLarge);
        }
        let mut sampled = Vec::new();
        for _ in 0..count {
            let [id, sampling, _] = take::<3>(&mut segment)?;
            let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
                return Err(ContentError::Broken);
            }
            sampled.push((id, across, down));
        }
        let across_max = sampled.iter().map(|one| one.1).max().unwrap_or(1);
        let down_max = sampled.iter().map(|one| one.2).max().unwrap_or(1);
        if !matches!(sampled.len(), 1 | 3 | 4) {
            return Err(ContentError::Unplayable(OTHER_KIND));
        }
        let units: (usize, usize) = (width.div_ceil(8 * across_max), height.div_ceil(8 * down_max));
        let component = |(id, across, down): (u8, usize, usize)| {
            let stored = (units.0 * across, units.1 * down);
            let blocks = (
                (width * across).div_ceil(across_max).div_ceil(8),
                (height * down).div_ceil(down_max).div_ceil(8),
            );
            let not_zero = if progressive { vec![0; stored.0 * stored.1] } else { Vec::new() };
            Component { id, across, down, blocks, stored, not_zero, missing: [None; 64] }
        };
        let components = sampled.into_iter().map(component).collect();
        Ok(Self { progressive, components, units, scans: 0 })
    }

    /// Goes through a scan, whose header is in `segment`, and whose content is next in `reader`.
    /// Returns the marker behind it.
    pub(super) fn scan(
        &mut self,
        tables: &Tables,
        mut segment: &[u8],
        reader: &mut impl Read,
    ) -> Result<u8, ContentError> {
        self.scans += 1;
        let [count] = take::<1>(&mut segment)?;
        if self.scans > SCANS_MAX || !(1..=4).contains(&count) {
            return Err(ContentError::Broken);
        }
        let mut parts = Vec::new();
        for _ in 0..count {
            let [id, which] = take::<2>(&mut segment)?;
            let own = self.components.iter().position(|one| one.id == id);
            let dc = tables.dc.get(usize::from(which >> 4));
            let ac = tables.ac.get(usize::from(which & 15));
            let (Some(own), Some(dc), Some(ac)) = (own, dc, ac) else {
                return Err(ContentError::Broken);
            };
            parts.push((own, dc, ac));
        }
        let [first, last, bits] = take::<3>(&mut segment)?;
        let pass = if self.progressive {
            Pass { first, last, refines: bits >> 4 != 0, low: bits & 15 }
        } else {
            Pass { first: 0, last: 63, refines: false, low: 0 }
        };
        if first > last || last > 63 || self.progressive && (first == 0) != (last == 0) {
            return Err(ContentError::Broken);
        }
        let mut bits = Bits { reader, held: 0, left: 0, marker: None };
        let alone = (parts.len() == 1).then(|| self.components[parts[0].0].blocks);
        let (wide, high) = alone.unwrap_or(self.units);
        let (mut run, mut until_restart) = (0, tables.restart);
        for unit in 0..wide * high {
            if tables.restart > 0 && until_restart == 0 {
                bits.restart()?;
                (run, until_restart) = (0, tables.restart);
            }
            until_restart = until_restart.saturating_sub(1);
            let (x, y) = (unit % wide, unit / wide);
            for (own, dc, ac) in &parts {
                let component = &mut self.components[*own];
                let (across, down) =
                    if alone.is_some() { (1, 1) } else { (component.across, component.down) };
                for block in 0..across * down {
                    let (x, y) = (x * across + block % across, y * down + block / across);
                    let place = y * component.stored.0 + x;
                    let mut none = 0;
                    let not_zero = component.not_zero.get_mut(place).unwrap_or(&mut none);
                    pass.block(&mut bits, dc, ac, self.progressive, not_zero, &mut run)?;
                }
            }
        }
        for (own, ..) in &parts {
            for place in pass.first..=pass.last {
                self.components[*own].missing[usize::from(place)] = Some(pass.low);
            }
        }
        bits.marker_behind()
    }

    /// Whether every coefficient of every component came, to its last bit.
    pub(super) fn is_whole(&self) -> bool {
        self.components.iter().all(|one| one.missing.iter().all(|low| *low == Some(0)))
    }
}

/// Which part of the coefficients a scan brings.
struct Pass {
    first: u8,
    last: u8,
    refines: bool,
    low: u8,
}

impl Pass {
    fn block<R: Read>(
        &self,
        bits: &mut Bits<'_, R>,
        dc: &Codes,
        ac: &Codes,
        progressive: bool,
        not_zero: &mut u64,
        run: &mut u32,
    ) -> Result<(), ContentError> {
        let mut place = u32::from(self.first);
        if place == 0 {
            if self.refines {
                bits.take(1)?;
            } else {
                let length = bits.value(dc)?;
                bits.take(length.into())?;
            }
            place = 1;
        }
        let last = u32::from(self.last);
        if self.refines {
            return if last == 0 { Ok(()) } else { refine(bits, ac, place, last, not_zero, run) };
        }
        if *run > 0 {
            *run -= 1;
            return Ok(());
        }
        while place <= last {
            let value = bits.value(ac)?;
            let (zeros, length) = (u32::from(value >> 4), u32::from(value & 15));
            place += zeros;
            if length > 0 {
                if place > last {
                    return Err(ContentError::Broken);
                }
                *not_zero |= 1 << place;
                bits.take(length)?;
            } else if zeros < 15 {
                if progressive {
                    *run = (1 << zeros) - 1 + bits.take(zeros)?;
                }
                return Ok(());
            }
            place += 1;
        }
        Ok(())
    }
}

/// A further bit of the coefficients that are not zero, and those that become it (G.1.2.3).
fn refine<R: Read>(
    bits: &mut Bits<'_, R>,
    ac: &Codes,
    mut place: u32,
    last: u32,
    not_zero: &mut u64,
    run: &mut u32,
) -> Result<(), ContentError> {
    while *run == 0 && place <= last {
        let value = bits.value(ac)?;
        let (mut zeros, length) = (u32::from(value >> 4), value & 15);
        if length == 0 && zeros < 15 {
            *run = (1 << zeros) + bits.take(zeros)?;
            break;
        }
        if length > 0 {
            bits.take(1)?;
        }
        while place <= last {
            if *not_zero >> place & 1 == 1 {
                bits.take(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            place += 1;
        }
        if length > 0 {
            if place > last {
                return Err(ContentError::Broken);
            }
            *not_zero |= 1 << place;
        }
        place += 1;
    }
    if *run > 0 {
        while place <= last {
            if *not_zero >> place & 1 == 1 {
                bits.take(1)?;
            }
            place += 1;
        }
        *run -= 1;
    }
    Ok(())
}

/// The bits of a scan, up to a marker.
struct Bits<'a, R> {
    reader: &'a mut R,
    held: u32,
    left: u32,
    marker: Option<u8>,
}

impl<R: Read> Bits<'_, R> {
    /// The next byte of the scan; `None` if a marker ends it.
    fn byte(&mut self) -> Result<Option<u8>, ContentError> {
        if self.marker.is_some() {
            return Ok(None);
        }
        let [byte] = take::<1>(self.reader)?;
        if byte != 0xff {
            return Ok(Some(byte));
        }
        let [mut next] = take::<1>(self.reader)?;
        while next == 0xff {
            [next] = take::<1>(self.reader)?;
        }
        if next == 0 {
            return Ok(Some(0xff));
        }
        self.marker = Some(next);
        Ok(None)
    }

    fn take(&mut self, count: u32) -> Result<u32, ContentError> {
        let mut value = 0;
        for _ in 0..count {
            if self.left == 0 {
                // Blocks are still to come, and the scan has ended.
                self.held = self.byte()?.ok_or(ContentError::Cut)?.into();
                self.left = 8;
            }
            self.left -= 1;
            value = value << 1 | self.held >> self.left & 1;
        }
        Ok(value)
    }

    /// The value of the next code.
    fn value(&mut self, codes: &Codes) -> Result<u8, ContentError> {
        let mut code = 0;
        for length in 1..=16 {
            code = code << 1 | self.take(1)?;
            let place = code.wrapping_sub(codes.first[length]);
            if place < codes.count[length] {
                let place = codes.place[length] + place as usize;
                return codes.values.get(place).copied().ok_or(ContentError::Broken);
            }
        }
        Err(ContentError::Broken)
    }

    /// Goes on to the marker behind what was read.
    fn marker_behind(&mut self) -> Result<u8, ContentError> {
        self.left = 0;
        while self.byte()?.is_some() {}
        self.marker.take().ok_or(ContentError::Broken)
    }

    fn restart(&mut self) -> Result<(), ContentError> {
        match self.marker_behind()? {
            0xd0..=0xd7 => Ok(()),
            _ => Err(ContentError::Cut),
        }
    }
}
