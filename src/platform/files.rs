//! The files that this browser made, in `IndexedDB`, under the keys of the history's records. A
//! stored file is complete, and so is its generation. It must not know how files are made.

use ai_now_protocol::{Format, MediaUrl, Message};
use js_sys::{JsString, Reflect, RegExp};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, Url};

use super::indexed_db::Table;
use super::json;

const FILES: Table = Table { database: "ai-now-files", store: "files", version: 1, indexes: &[] };

/// A file, with a note about it.
pub(crate) struct File {
    pub(crate) blob: Blob,
    pub(crate) format: Format,
    pub(crate) note: Message,
}

/// What is stored of a file beside its bytes.
#[derive(Serialize, Deserialize)]
struct About {
    format: String,
    note: Message,
}

/// The name of the field of the bytes.
const BLOB: &str = "blob";

impl File {
    /// Stores it. Returns whether it succeeded: a browser may deny storage, or be out of space.
    pub(crate) async fn keep(&self, key: &str) -> bool {
        let about = About { format: self.format.extension().into(), note: self.note.clone() };
        let value = json::to_js(&about);
        // A new object accepts any property.
        let _ = Reflect::set(&value, &BLOB.into(), &self.blob);
        FILES.put(key, &value).await
    }

    /// An address that only this page can load it from, until [`let_go`].
    ///
    /// Its file name comes from the prompt.
    pub(crate) fn address(&self, prompt: &str) -> Option<MediaUrl> {
        let url = Url::create_object_url_with_blob(&self.blob).ok()?;
        let name = [&slug(prompt), ".", self.format.extension()].concat();
        MediaUrl::from_own_blob(&url, &name).ok()
    }
}

/// The file of a generation.
pub(crate) async fn find(key: &str) -> Option<File> {
    let value = FILES.get(key).await;
    let blob = Reflect::get(&value, &BLOB.into()).ok()?.dyn_into().ok()?;
    let About { format, note } = json::from_js(value)?;
    Some(File { blob, format: Format::from_extension(&format)?, note })
}

/// Deletes the files of generations.
pub(crate) async fn delete(keys: &[String]) {
    FILES.delete_all(keys).await;
}

/// Revokes an address of [`File::address`], which frees the memory.
pub(crate) fn let_go(url: &MediaUrl) {
    if url.is_own_blob() {
        let url = url.as_str();
        // Revoking it twice is no error.
        let _ = Url::revoke_object_url(url.split_once('#').map_or(url, |(address, _)| address));
    }
}

/// The words of a prompt as a file's name, in any script: `ein-ruhiger-see`.
fn slug(prompt: &str) -> String {
    const MAX_CHARS: usize = 48;
    let dashes = RegExp::new(r"[^\p{L}\p{N}\p{M}]+", "gu");
    let name = JsString::from(prompt).replace_by_pattern(&dashes, "-").to_lower_case();
    let name: String = String::from(name).chars().take(MAX_CHARS).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "ai-now".to_owned() } else { name.to_owned() }
}
