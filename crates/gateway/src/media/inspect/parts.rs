//! What reading any picture's parts begins with: bytes that may be missing, and a size that may be claimed. It
//! must not know the formats.

use std::io::Read;

use super::error::ContentError;

/// The most pixels of a picture. Telephones don't show more, and a small file may claim any number.
pub(super) const SHOWN_MAX_PIXELS: u64 = 100_000_000;

/// The next bytes.
///
/// # Errors
/// [`ContentError::Cut`] if the file ends before them.
pub(super) fn take<const N: usize>(reader: &mut impl Read) -> Result<[u8; N], ContentError> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}
