//! Downloads of a tool from a well-behaved server, and from several that misbehave.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::prebuilt::{MDBOOK, TRUNK, WASM_BINDGEN};
use super::*;

#[test]
fn versions_are_read_from_the_lock_file() {
    let lock = "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.126\"\n\n\
                [[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n";
    assert_eq!(version_in_lock(lock, "wasm-bindgen"), Some("0.2.126"));
    assert_eq!(version_in_lock(lock, "wasm"), None);
    assert!(locked_version("clap").is_ok());
}

#[test]
fn versions_in_use_have_pinned_releases() {
    let targets = [
        "x86_64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
    ];
    let wasm_bindgen = locked_version("wasm-bindgen").unwrap();
    for target in targets {
        assert!(TRUNK.release(TRUNK_VERSION, target).is_some(), "{target}");
        assert!(MDBOOK.release(MDBOOK_VERSION, target).is_some(), "{target}");
        assert!(WASM_BINDGEN.release(&wasm_bindgen, target).is_some(), "{target} {wasm_bindgen}");
    }
}

const TOOL: Tool = Tool {
    name: "said",
    programs: &["said", "done"],
    package: "no-such-package",
    subcommand: &[],
    features: &[],
    path: "",
    releases: &[],
};

/// Shorter timeouts than usual, so that a silent server fails fast.
const BRIEF: Patience = Patience { connect_secs: 2, silence_secs: 1, whole_secs: 20 };

/// An archive like those of releases: programs in a folder, and other files.
fn archive(programs: &[&str]) -> Vec<u8> {
    let mut tar =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for name in programs.iter().copied().chain(["README.md"]) {
        let text = format!("#!/bin/sh\necho {name} 1.2.3\n");
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, format!("said-1.2.3/{name}"), text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A server that answers one request with `answer`, and its address.
fn server(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        answer(&mut stream);
    });
    format!("http://{address}/said.tar.gz")
}

fn sends(stream: &mut TcpStream, body: &[u8], announced: usize) {
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\n\r\n").unwrap();
    stream.write_all(body).unwrap();
}

/// A folder that is removed after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ai-now-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(&self.0).unwrap().next().is_none()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_release_is_fetched_checked_and_runs() {
    let folder = Folder::new("fetched");
    let bytes = archive(TOOL.programs);
    let hash = sha256(&bytes);
    let url = server(move |stream| sends(stream, &bytes, bytes.len()));
    fetch(&TOOL, &url, &hash, &folder.0, &BRIEF).unwrap();
    let bin = folder.0.join("bin");
    assert!(has_version(&TOOL, &bin.join("said"), "1.2.3"));
    assert!(bin.join("done").is_file() && !bin.join("README.md").exists());
    assert!(!folder.0.join("release.tar.gz").exists());
}

#[test]
fn a_download_with_another_hash_is_discarded() {
    let folder = Folder::new("other");
    let bytes = archive(TOOL.programs);
    let came = sha256(&bytes);
    let url = server(move |stream| sends(stream, &bytes, bytes.len()));
    let pinned = "0".repeat(64);
    let failed = fetch(&TOOL, &url, &pinned, &folder.0, &BRIEF).unwrap_err();
    assert_eq!(failed, Failed::Wrong { pinned, came });
    assert!(folder.is_empty());
}

#[test]
fn a_download_that_breaks_off_leaves_nothing() {
    let folder = Folder::new("broken");
    let bytes = archive(TOOL.programs);
    let hash = sha256(&bytes);
    let url = server(move |stream| sends(stream, &bytes[..bytes.len() / 2], bytes.len()));
    let failed = fetch(&TOOL, &url, &hash, &folder.0, &BRIEF).unwrap_err();
    assert!(matches!(failed, Failed::Unreachable(_)), "{failed}");
    assert!(folder.is_empty());
}

#[test]
fn a_silent_server_times_out() {
    let folder = Folder::new("silent");
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let url = server(move |stream| {
        sends(stream, b"half", 1000);
        // Until the test is over.
        let _ = wait.recv();
    });
    let failed = fetch(&TOOL, &url, &"0".repeat(64), &folder.0, &BRIEF).unwrap_err();
    assert!(matches!(failed, Failed::Unreachable(_)), "{failed}");
    assert!(folder.is_empty());
    drop(done);
}

#[test]
fn a_missing_release_differs_from_a_missing_network() {
    let folder = Folder::new("absent");
    let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let url = server(|stream| stream.write_all(answer).unwrap());
    let failed = fetch(&TOOL, &url, &"0".repeat(64), &folder.0, &BRIEF).unwrap_err();
    assert!(matches!(failed, Failed::Absent(_)), "{failed}");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}/said.tar.gz");
    let failed = fetch(&TOOL, &url, &"0".repeat(64), &folder.0, &BRIEF).unwrap_err();
    assert!(matches!(failed, Failed::Unreachable(_)), "{failed}");
    assert!(folder.is_empty());
}

#[test]
fn an_archive_without_the_program_is_refused() {
    let folder = Folder::new("without");
    let bytes = archive(&["said"]);
    let hash = sha256(&bytes);
    let url = server(move |stream| sends(stream, &bytes, bytes.len()));
    let failed = fetch(&TOOL, &url, &hash, &folder.0, &BRIEF).unwrap_err();
    assert_eq!(failed, Failed::Unusable("the archive has no done".into()));
}
