//! Secrets and unguessable names: keys, session tokens, ids, event tickets.
//!
//! It must not know what they grant. A secret leaves this module only towards its owner; only its
//! hash is stored.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::clock::now_ms;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The kind of a token, by its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A secret API key.
    Secret,
    /// An API key that may be public in a page.
    Publishable,
    /// A session token.
    Session,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Secret, Self::Publishable, Self::Session];

    fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "ak_",
            Self::Publishable => "pk_",
            Self::Session => "st_",
        }
    }

    /// The kind of a token, if it has the form of one.
    pub fn of(token: &str) -> Option<Self> {
        let kind = Self::ALL.into_iter().find(|kind| token.starts_with(kind.prefix()))?;
        let random = &token[kind.prefix().len()..];
        let well_formed = random.len() == 43
            && random.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        well_formed.then_some(kind)
    }
}

/// Fills `N` bytes from the operating system's generator.
///
/// # Panics
/// If the operating system provides no randomness: nothing here can be secure then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A new secret of 256 random bits.
pub fn token(kind: Kind) -> String {
    format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(random::<32>()))
}

/// The hash that is stored of a secret. One round is enough: 256 random bits can't be guessed.
pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// Compares two hashes in constant time.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// 130 random bits as 26 characters of lower case letters and digits, for names and addresses.
pub fn name() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    random::<26>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// The statement that a ticket signs.
const EVENTS: &[u8] = b"events";
const FEED: &[u8] = b"feed";
const UPLOAD: &[u8] = b"upload";

/// The gateway's own key: signs tickets, and pseudonymises addresses in the store.
#[derive(Clone)]
pub struct SigningKey(Hash);

impl TryFrom<&[u8]> for SigningKey {
    type Error = std::io::Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        let key = Hash::try_from(bytes);
        key.map(Self).map_err(|_| std::io::Error::other("the shared signing key is not valid"))
    }
}

/// The file of the signing key.
const SIGNING_KEY: &str = "signing.key";

impl SigningKey {
    /// The key of a data directory; created on first use, in a file that only its owner can read.
    ///
    /// # Errors
    /// If the file can't be read or written, or is not a key.
    pub fn load_or_create(data: &Path) -> std::io::Result<Self> {
        let path = data.join(SIGNING_KEY);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let key = Hash::try_from(bytes.as_slice()).map_err(|_| {
                    std::io::Error::other(format!(
                        "{} is not a signing key. Delete it; open pages will reconnect.",
                        path.display()
                    ))
                })?;
                Ok(Self(key))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let key = random();
                write_private(&path, &key)?;
                Ok(Self(key))
            }
            Err(e) => Err(e),
        }
    }

    /// Whether a data directory has one: a gateway has run there.
    pub fn is_in(data: &Path) -> bool {
        data.join(SIGNING_KEY).exists()
    }

    /// The key itself, for storage that only gateways can read.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// A random key, unknown to other processes.
    pub fn random() -> Self {
        Self(random())
    }

    /// A ticket that lets its holder read the events of one generation until it expires.
    pub fn ticket(&self, generation: &str, lifetime_secs: u32) -> String {
        self.ticket_to(EVENTS, generation, lifetime_secs)
    }

    /// Whether a ticket is for this generation, and still valid.
    pub fn admits(&self, ticket: &str, generation: &str) -> bool {
        self.admits_to(EVENTS, ticket, generation)
    }

    /// A ticket that lets its holder read the events of all generations of this generation's owner
    /// until it expires.
    pub fn feed_ticket(&self, generation: &str, lifetime_secs: u32) -> String {
        self.ticket_to(FEED, generation, lifetime_secs)
    }

    /// Whether a ticket is for all generations of this owner, and still valid.
    pub fn admits_feed(&self, ticket: &str, generation: &str) -> bool {
        self.admits_to(FEED, ticket, generation)
    }

    /// A ticket that lets its holder load one upload until it expires.
    pub fn upload_ticket(&self, upload: &str, lifetime_secs: u32) -> String {
        self.ticket_to(UPLOAD, upload, lifetime_secs)
    }

    /// Whether a ticket is for this upload, and still valid.
    pub fn admits_upload(&self, ticket: &str, upload: &str) -> bool {
        self.admits_to(UPLOAD, ticket, upload)
    }

    fn ticket_to(&self, what: &[u8], id: &str, lifetime_secs: u32) -> String {
        let expires_at_ms = now_ms() + u64::from(lifetime_secs) * 1000;
        let mut bytes = expires_at_ms.to_be_bytes().to_vec();
        bytes.extend(self.mac(&[what, &expires_at_ms.to_be_bytes(), id.as_bytes()]));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn admits_to(&self, what: &[u8], ticket: &str, id: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(ticket) else { return false };
        let Some((expiry, mac)) = bytes.split_first_chunk::<8>() else { return false };
        let expected = self.mac(&[what, expiry, id.as_bytes()]);
        same(mac, &expected) && u64::from_be_bytes(*expiry) > now_ms()
    }

    /// A pseudonym: the same for the same value, such as an address, without revealing it.
    pub fn disguise(&self, text: &str) -> Hash {
        self.mac(&[b"disguise", text.as_bytes()])
    }

    fn mac(&self, parts: &[&[u8]]) -> Hash {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in parts {
            // The length first, so that no two lists of parts have the same encoding.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Writes a new file that only its owner can read, and makes it durable.
///
/// # Errors
/// If it exists already or can't be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_prefix_of_their_kind_and_are_all_different() {
        for kind in Kind::ALL {
            let token = token(kind);
            assert_eq!(Kind::of(&token), Some(kind));
            assert_eq!(Kind::of(&token[..token.len() - 1]), None);
            assert_eq!(Kind::of(&token.replace('_', "-")), None);
        }
        assert_eq!(Kind::of(""), None);
        assert_eq!(Kind::of("ak_é"), None);
        assert_ne!(token(Kind::Secret), token(Kind::Secret));
    }

    #[test]
    fn names_fit_into_addresses() {
        let name = name();
        assert_eq!(name.len(), 26);
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{name}");
    }

    #[test]
    fn a_ticket_is_for_one_generation_one_key_and_some_time() {
        let key = SigningKey::random();
        let ticket = key.ticket("g1", 60);
        assert!(key.admits(&ticket, "g1"));
        assert!(!key.admits(&ticket, "g2"));
        assert!(!SigningKey::random().admits(&ticket, "g1"));
        assert!(!key.admits(&key.ticket("g1", 0), "g1"));
        for index in 0..ticket.len() {
            let mut forged = ticket.clone().into_bytes();
            forged[index] = if forged[index] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            // The last character's low bits are unused; changing them gives no other ticket.
            let same_bytes = URL_SAFE_NO_PAD.decode(&forged) == URL_SAFE_NO_PAD.decode(&ticket);
            assert!(same_bytes || !key.admits(&forged, "g1"), "{index}");
        }
        for junk in ["", "é", "AAAA", "=", "..."] {
            assert!(!key.admits(junk, "g1"));
        }
    }

    #[test]
    fn a_ticket_for_an_upload_opens_no_events_and_no_other_upload() {
        let key = SigningKey::random();
        let ticket = key.upload_ticket("u1", 60);
        assert!(key.admits_upload(&ticket, "u1"));
        assert!(!key.admits_upload(&ticket, "u2"));
        assert!(!key.admits(&ticket, "u1"));
        assert!(!key.admits_upload(&key.ticket("u1", 60), "u1"));
        assert!(!key.admits_upload(&key.upload_ticket("u1", 0), "u1"));
    }

    #[test]
    fn a_signing_key_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let ticket = SigningKey::load_or_create(dir.path()).unwrap().ticket("g1", 60);
        assert!(SigningKey::load_or_create(dir.path()).unwrap().admits(&ticket, "g1"));
        std::fs::write(dir.path().join("signing.key"), "short").unwrap();
        assert!(SigningKey::load_or_create(dir.path()).is_err());
    }
}
