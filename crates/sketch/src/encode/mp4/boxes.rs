//! Boxes, the building blocks of MP4 files (ISO/IEC 14496-12, 4.2).

pub(super) fn u32s(out: &mut Vec<u8>, values: &[u32]) {
    for value in values {
        out.extend(value.to_be_bytes());
    }
}

/// A box with this name and body.
pub(super) fn sized(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = (body.len() as u32 + 8).to_be_bytes().to_vec();
    out.extend(name);
    out.extend(body);
    out
}

/// A box whose body `fill` writes.
pub(super) fn boxed(name: &[u8; 4], fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut body = Vec::new();
    fill(&mut body);
    sized(name, &body)
}

/// A box that starts with a version and flags.
pub(super) fn full(
    name: &[u8; 4],
    version: u8,
    flags: u8,
    fill: impl FnOnce(&mut Vec<u8>),
) -> Vec<u8> {
    boxed(name, |b| {
        b.extend([version, 0, 0, flags]);
        fill(b);
    })
}
