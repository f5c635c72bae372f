//! The official releases of the tools: addresses and pinned hashes. It must not know how they are
//! downloaded.

/// A tool, its releases, and how to build it where there is none.
pub struct Tool {
    /// The main program, which is also its name in the cache.
    pub name: &'static str,
    /// All programs of it that are needed.
    pub programs: &'static [&'static str],
    /// Its package on crates.io.
    pub package: &'static str,
    /// Arguments that precede all others.
    pub subcommand: &'static [&'static str],
    /// Arguments of `cargo install`.
    pub features: &'static [&'static str],
    /// The path of a release below <https://github.com>, with placeholders `{version}` and
    /// `{target}`.
    pub path: &'static str,
    /// The hashes of the released files, in the format of `sha256sum`.
    pub releases: &'static [Release],
}

/// One file of a release.
pub struct Release {
    /// The version, without a `v`.
    pub version: &'static str,
    /// The target triple.
    pub target: &'static str,
    /// Its hash.
    pub sha256: &'static str,
}

impl Tool {
    /// The address and hash of a version for a target; `None` if none is pinned.
    pub fn release(&self, version: &str, target: &str) -> Option<(String, &'static str)> {
        let wanted = |release: &&Release| (release.version, release.target) == (version, target);
        let release = self.releases.iter().find(wanted)?;
        Some((self.path.replace("{version}", version).replace("{target}", target), release.sha256))
    }
}

/// The target triple of this machine, as releases use it. On Linux it is musl: statically linked,
/// so it runs on every distribution.
pub fn target() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("x86_64-unknown-linux-musl"),
        ("linux", "aarch64") => Some("aarch64-unknown-linux-musl"),
        ("macos", "x86_64") => Some("x86_64-apple-darwin"),
        ("macos", "aarch64") => Some("aarch64-apple-darwin"),
        _ => None,
    }
}

/// Generates the JavaScript glue of the widget. Its version is in Cargo.lock only.
pub const WASM_BINDGEN: Tool = Tool {
    name: "wasm-bindgen",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    package: "wasm-bindgen-cli",
    subcommand: &[],
    features: &[],
    path: "/wasm-bindgen/wasm-bindgen/releases/download/{version}/wasm-bindgen-{version}-{target}.tar.gz",
    releases: &[
        Release {
            version: "0.2.126",
            target: "x86_64-unknown-linux-musl",
            sha256: "064948d58e2d6c0a745216477a639ba696216d6309aaa902939d1b865b1d869d",
        },
        Release {
            version: "0.2.126",
            target: "aarch64-unknown-linux-musl",
            sha256: "2245120254a9f6c9a9adf3601f3d52bb31309219e9ceab7696e74e24885c440a",
        },
        Release {
            version: "0.2.126",
            target: "x86_64-apple-darwin",
            sha256: "6014dca993c8bf8a6ec10b6fccfbeabf599842d011f58a4abb7669afef784422",
        },
        Release {
            version: "0.2.126",
            target: "aarch64-apple-darwin",
            sha256: "7df536babe345deb68828148dbdc71179118afdab42d83547c7cebfbf1426bd5",
        },
    ],
};

/// Builds the widget and assembles its files.
pub const TRUNK: Tool = Tool {
    name: "trunk",
    programs: &["trunk"],
    package: "trunk",
    subcommand: &[],
    // Without TLS: it needs nothing from the network, and builds a minute faster.
    features: &["--no-default-features"],
    path: "/trunk-rs/trunk/releases/download/v{version}/trunk-{target}.tar.gz",
    releases: &[
        Release {
            version: "0.21.14",
            target: "x86_64-unknown-linux-musl",
            sha256: "a67f4054b249fe9acc5fabc25de1aebf19783aca3ad6ff64bf34d7da44d0ea20",
        },
        Release {
            version: "0.21.14",
            target: "aarch64-unknown-linux-musl",
            sha256: "e8e2a2bb423ce6702ab9f4f02f8c9ae99d790f0301f7634e986b2dd8706019cc",
        },
        Release {
            version: "0.21.14",
            target: "x86_64-apple-darwin",
            sha256: "f1ba0e3bbe24e0ae219c6d22c33e24e2825c1608dd27c2556e323495110f1a95",
        },
        Release {
            version: "0.21.14",
            target: "aarch64-apple-darwin",
            sha256: "764e299dd50d89442a4e96a236349f57961984b701e74d3dbdb39cd1c9f5101e",
        },
    ],
};

/// Turns the documents into a site.
pub const MDBOOK: Tool = Tool {
    name: "mdbook",
    programs: &["mdbook"],
    package: "mdbook",
    subcommand: &[],
    features: &["--no-default-features", "--features", "search"],
    path: "/rust-lang/mdBook/releases/download/v{version}/mdbook-v{version}-{target}.tar.gz",
    releases: &[
        Release {
            version: "0.5.4",
            target: "x86_64-unknown-linux-musl",
            sha256: "5222beabd3e37dc5be0d18ff99b79058469354db5c220153a1b92db5ba12be89",
        },
        Release {
            version: "0.5.4",
            target: "aarch64-unknown-linux-musl",
            sha256: "753e5c5c363ee8a56972344dcf91466f005a51db84a7aeffe427ae3ef83d6d44",
        },
        Release {
            version: "0.5.4",
            target: "x86_64-apple-darwin",
            sha256: "a47d7bf0d5d670cff9ee6cce95537cbeb62dc10704d9e7131ffbd13e2b59a5de",
        },
        Release {
            version: "0.5.4",
            target: "aarch64-apple-darwin",
            sha256: "03e8a6d8b13a2971e0b3280affd03b388373c1485e26f73407c3a76b0b1838df",
        },
    ],
};

/// Generates Rust clients from an OpenAPI document. There are no binary releases.
pub const OAS3_GEN: Tool = Tool {
    name: "oas3-gen",
    programs: &["oas3-gen"],
    package: "oas3-gen",
    subcommand: &[],
    features: &[],
    path: "",
    releases: &[],
};

/// Generates bills of materials. Only a release needs it, so it is built from source.
pub const CYCLONEDX: Tool = Tool {
    name: "cargo-cyclonedx",
    programs: &["cargo-cyclonedx"],
    package: "cargo-cyclonedx",
    subcommand: &["cyclonedx"],
    features: &[],
    path: "",
    releases: &[],
};

/// Compares a crate's public items with previous ones. Only a release needs it, so it is built from
/// source.
pub const SEMVER_CHECKS: Tool = Tool {
    name: "cargo-semver-checks",
    programs: &["cargo-semver-checks"],
    package: "cargo-semver-checks",
    subcommand: &["semver-checks"],
    features: &[],
    path: "",
    releases: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_has_a_hash_of_its_own() {
        let mut hashes = Vec::new();
        for tool in [WASM_BINDGEN, TRUNK, MDBOOK] {
            for release in tool.releases {
                let plain = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                assert!(release.sha256.len() == 64 && release.sha256.bytes().all(plain));
                assert!(!hashes.contains(&release.sha256), "{}", release.sha256);
                hashes.push(release.sha256);
            }
        }
        assert_eq!(hashes.len(), 12);
    }

    #[test]
    fn addresses_are_put_together() {
        let (path, hash) = TRUNK.release("0.21.14", "aarch64-apple-darwin").unwrap();
        assert_eq!(
            path,
            "/trunk-rs/trunk/releases/download/v0.21.14/trunk-aarch64-apple-darwin.tar.gz"
        );
        assert!(hash.starts_with("764e"));
        assert!(TRUNK.release("0.21.13", "aarch64-apple-darwin").is_none());
        assert!(OAS3_GEN.release("0.29.0", "x86_64-unknown-linux-musl").is_none());
    }
}
