//! A file in memory that reports a decoder's progress and can stop it.

use std::io::{BufRead, Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::ops::ControlFlow;

/// Bytes between two reports.
const PAUSE_BYTES: usize = 64 * 1024;

/// The bytes of a file, and the read position.
pub(super) struct Watch<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Bytes read since the last report.
    since: usize,
    report: &'a mut dyn FnMut(f64) -> ControlFlow<()>,
    stopped: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(bytes: &'a [u8], report: &'a mut dyn FnMut(f64) -> ControlFlow<()>) -> Self {
        Self { bytes, at: 0, since: 0, report, stopped: false }
    }

    /// Whether the work was cancelled: then the decoder's error is only a consequence.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    fn rest(&self) -> &'a [u8] {
        if self.stopped { &[] } else { self.bytes.get(self.at..).unwrap_or(&[]) }
    }

    fn go_on(&mut self, bytes: usize) {
        self.at += bytes;
        self.since += bytes;
        if self.since >= PAUSE_BYTES {
            self.since = 0;
            let part = self.at as f64 / self.bytes.len() as f64;
            self.stopped |= (self.report)(part.min(1.0)).is_break();
        }
    }
}

impl Read for Watch<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let rest = self.rest();
        let many = rest.len().min(buffer.len()).min(PAUSE_BYTES);
        buffer[..many].copy_from_slice(&rest[..many]);
        self.go_on(many);
        Ok(many)
    }
}

impl BufRead for Watch<'_> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        let rest = self.rest();
        Ok(&rest[..rest.len().min(PAUSE_BYTES)])
    }

    fn consume(&mut self, bytes: usize) {
        self.go_on(bytes);
    }
}

impl Seek for Watch<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => i64::try_from(at).ok(),
            SeekFrom::End(from) => (self.bytes.len() as i64).checked_add(from),
            SeekFrom::Current(from) => (self.at as i64).checked_add(from),
        };
        let place = place.and_then(|place| usize::try_from(place).ok());
        self.at = place.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        Ok(self.at as u64)
    }
}
