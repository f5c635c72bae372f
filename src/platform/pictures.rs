//! Thumbnails of results, in `IndexedDB`, under the keys of the history's records: a frame of a
//! video, the waveform of a sound. They are made once, when a result is first viewed. It must not
//! know how they are made.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::indexed_db::Table;

const PICTURES: Table =
    Table { database: "ai-now-pictures", store: "pictures", version: 1, indexes: &[] };

/// A thumbnail of a result.
pub(crate) enum Picture {
    /// The peak of each part of a sound, in order; 255 is the loudest of all.
    Wave(Vec<u8>),
    /// A small image.
    Image(Blob),
}

/// Stores a thumbnail. If storage is denied or full, it is made again next time.
pub(crate) async fn keep(key: &str, picture: &Picture) {
    let value = match picture {
        Picture::Wave(peaks) => Uint8Array::from(peaks.as_slice()).into(),
        Picture::Image(blob) => blob.clone().into(),
    };
    PICTURES.put(key, &value).await;
}

/// The thumbnail of a generation.
pub(crate) async fn find(key: &str) -> Option<Picture> {
    let value = PICTURES.get(key).await;
    if let Some(peaks) = value.dyn_ref::<Uint8Array>() {
        return Some(Picture::Wave(peaks.to_vec()));
    }
    value.dyn_into().ok().map(Picture::Image)
}

/// Deletes the thumbnails of generations.
pub(crate) async fn delete(keys: &[String]) {
    PICTURES.delete_all(keys).await;
}
