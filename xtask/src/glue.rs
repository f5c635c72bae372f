//! Shortens names in a wasm. wasm-bindgen gives each import a long name with a hash, in the wasm
//! and in its glue; hashes don't compress, so each import gets a short name, and the glue is
//! bundled such that it exports those. No generated file is edited. Functions are named so that
//! another tool can sort them by name. It must not know what the functions do.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

/// The sections of a wasm that are parsed, by their ids in the specification ("Modules", "Binary
/// format").
const IMPORTS: u8 = 2;
const FUNCTIONS: u8 = 3;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;
const CUSTOM: u8 = 0;

/// A wasm, split into sections.
pub struct Module {
    head: Vec<u8>,
    sections: Vec<(u8, Vec<u8>)>,
}

/// An import or export: its names, and the raw bytes of what they refer to.
struct Entry {
    names: Vec<String>,
    rest: Vec<u8>,
}

impl Module {
    /// Splits a wasm into sections.
    ///
    /// # Errors
    /// If it isn't a wasm.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        let head = reader.take(8)?.to_vec();
        if !head.starts_with(b"\0asm") {
            bail!("this is no wasm");
        }
        let mut sections = Vec::new();
        while !reader.0.is_empty() {
            let id = reader.byte()?;
            let size = reader.number()?;
            sections.push((id, reader.take(size)?.to_vec()));
        }
        Ok(Self { head, sections })
    }

    /// The module in binary format.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head.clone();
        for (id, section) in &self.sections {
            bytes.push(*id);
            write_number(&mut bytes, section.len());
            bytes.extend(section);
        }
        bytes
    }

    /// Gives each import a short name. Returns pairs of old and new names.
    ///
    /// # Errors
    /// If the imports can't be parsed.
    pub fn shorten_imports(&mut self) -> Result<Vec<(String, String)>> {
        let mut entries = self.entries(IMPORTS)?;
        let mut pairs: Vec<(String, String)> = Vec::new();
        for entry in &mut entries {
            let name = entry.names.last_mut().context("an import has two names")?;
            // The same function may be imported twice.
            let known = pairs.iter().position(|(long, _)| long == name);
            let number = known.unwrap_or(pairs.len());
            let long = std::mem::replace(name, short(number));
            if known.is_none() {
                pairs.push((long, short(number)));
            }
        }
        self.put(IMPORTS, &entries);
        Ok(pairs)
    }

    /// Removes the exports for which `uses` is false; wasm-opt can then remove the functions.
    ///
    /// # Errors
    /// If the exports can't be parsed.
    pub fn keep_exports(&mut self, uses: impl Fn(&str) -> bool) -> Result<()> {
        let mut entries = self.entries(EXPORTS)?;
        entries.retain(|entry| entry.names.iter().all(|name| uses(name)));
        self.put(EXPORTS, &entries);
        Ok(())
    }

    /// Names functions so that those with the same type and similar code are adjacent when sorted
    /// by name. Similar code compresses better side by side, and wasm-opt sorts by name.
    ///
    /// # Errors
    /// If the functions can't be parsed.
    pub fn name_by_likeness(&mut self) -> Result<()> {
        let mut types = self.section(FUNCTIONS);
        let mut code = self.section(CODE);
        let count = types.number()?;
        code.number()?;
        let mut functions = Vec::with_capacity(count);
        for number in 0..count {
            let kind = types.number()?;
            let size = code.number()?;
            functions.push((kind, code.take(size)?, number));
        }
        functions.sort_unstable();
        let mut ranks = vec![0; count];
        for (rank, (.., number)) in functions.iter().enumerate() {
            ranks[*number] = rank;
        }
        let imported = self.entries(IMPORTS)?.iter().filter(|entry| entry.rest[0] == 0).count();
        let mut names = Vec::new();
        write_number(&mut names, count);
        for (number, rank) in ranks.into_iter().enumerate() {
            write_number(&mut names, imported + number);
            write_text(&mut names, &format!("{rank:06}"));
        }
        let mut section = Vec::new();
        write_text(&mut section, "name");
        // The subsection of function names.
        section.push(1);
        write_number(&mut section, names.len());
        section.extend(names);
        self.sections.push((CUSTOM, section));
        Ok(())
    }

    fn section(&self, id: u8) -> Reader<'_> {
        let section = self.sections.iter().find(|(known, _)| *known == id);
        Reader(section.map_or(&[0][..], |(_, bytes)| bytes.as_slice()))
    }

    fn entries(&self, id: u8) -> Result<Vec<Entry>> {
        let mut reader = self.section(id);
        let count = reader.number()?;
        (0..count).map(|_| reader.entry(id)).collect()
    }

    fn put(&mut self, id: u8, entries: &[Entry]) {
        let mut bytes = Vec::new();
        write_number(&mut bytes, entries.len());
        for Entry { names, rest } in entries {
            for name in names {
                write_text(&mut bytes, name);
            }
            bytes.extend(rest);
        }
        for (known, section) in &mut self.sections {
            if *known == id {
                section.clone_from(&bytes);
            }
        }
    }
}

/// A script that exports the glue's imports under their short names, and the exports that the shell
/// uses.
pub fn entry(glue: &str, imports: &[(String, String)], taken: &[&str]) -> String {
    let mut offers: Vec<_> =
        imports.iter().map(|(long, short)| format!("{long} as {short}")).collect();
    offers.extend(taken.iter().map(|name| (*name).to_owned()));
    format!("export {{ {} }} from \"./{glue}\";\n", offers.join(", "))
}

/// The identifiers in a script, including any text that looks like one.
pub fn names(script: &str) -> BTreeSet<&str> {
    script.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$').collect()
}

/// The short name with this number: a, b, … Z, ab, bb …
fn short(mut number: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
        if number == 0 {
            return name;
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).context("the wasm is cut")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// Reads an unsigned integer in LEB128.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        bail!("a number of the wasm is too long")
    }

    fn name(&mut self) -> Result<String> {
        let length = self.number()?;
        Ok(String::from_utf8(self.take(length)?.to_vec())?)
    }

    fn entry(&mut self, id: u8) -> Result<Entry> {
        let count = if id == IMPORTS { 2 } else { 1 };
        let names = (0..count).map(|_| self.name()).collect::<Result<_>>()?;
        let before = self.0;
        let kind = self.byte()?;
        match (id, kind) {
            // A function's type; an export's index.
            (IMPORTS, 0) | (EXPORTS, _) => _ = self.number()?,
            (IMPORTS, 1) => {
                self.byte()?;
                self.limits()?;
            }
            (IMPORTS, 2) => self.limits()?,
            (IMPORTS, 3) => _ = self.take(2)?,
            _ => bail!("an import of the unknown kind {kind}"),
        }
        Ok(Entry { names, rest: before[..before.len() - self.0.len()].to_vec() })
    }

    fn limits(&mut self) -> Result<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 == 1 {
            self.number()?;
        }
        Ok(())
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    write_number(out, text.len());
    out.extend(text.as_bytes());
}

fn write_number(out: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        out.push(number as u8 & 0x7f | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(import "m" "__wbg_a_0123" (func)) (import "m" "__wbg_b_4567" (func))`, with the functions
    /// exported as `used` and `unused`.
    fn module() -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend(b"\x01\x04\x01\x60\0\0");
        bytes.extend(b"\x02\x23\x02\x01m\x0c__wbg_a_0123\0\0\x01m\x0c__wbg_b_4567\0\0");
        bytes.extend(b"\x07\x11\x02\x04used\0\0\x06unused\0\x01");
        bytes
    }

    #[test]
    fn a_module_is_written_as_it_was_read() {
        assert_eq!(Module::read(&module()).unwrap().bytes(), module());
        assert!(Module::read(&module()[..20]).is_err());
        assert!(Module::read(b"no wasm at all").is_err());
    }

    #[test]
    fn imports_get_short_names_that_the_glue_exports() {
        let mut wasm = Module::read(&module()).unwrap();
        let pairs = wasm.shorten_imports().unwrap();
        let pair = |long: &str, short: &str| (long.to_owned(), short.to_owned());
        assert_eq!(pairs, [pair("__wbg_a_0123", "a"), pair("__wbg_b_4567", "b")]);
        assert_eq!(
            entry("glue.js", &pairs, &["Studio"]),
            "export { __wbg_a_0123 as a, __wbg_b_4567 as b, Studio } from \"./glue.js\";\n"
        );
        let again = Module::read(&wasm.bytes()).unwrap();
        let names: Vec<_> =
            again.entries(IMPORTS).unwrap().into_iter().map(|entry| entry.names).collect();
        assert_eq!(names, [["m", "a"], ["m", "b"]]);
        let shorts: BTreeSet<_> = (0..9000).map(short).collect();
        assert_eq!(shorts.len(), 9000);
    }

    #[test]
    fn unused_exports_are_removed() {
        let mut wasm = Module::read(&module()).unwrap();
        let used = names("let x=wasm.used(1)");
        wasm.keep_exports(|name| used.contains(name)).unwrap();
        let left = Module::read(&wasm.bytes()).unwrap().entries(EXPORTS).unwrap();
        assert_eq!(left.iter().map(|entry| entry.names[0].as_str()).collect::<Vec<_>>(), ["used"]);
    }

    #[test]
    fn functions_are_named_by_type_and_code() {
        let mut bytes = module();
        // Three functions, of the types 1, 0 and 0; the code of the second comes after the third's.
        bytes.extend(b"\x03\x04\x03\x01\0\0");
        bytes.extend(b"\x0a\x0c\x03\x02\0\x0b\x03\0\x01\x0b\x03\0\0\x0b");
        let mut wasm = Module::read(&bytes).unwrap();
        wasm.name_by_likeness().unwrap();
        let names = b"\x01\x19\x03\x02\x06000002\x03\x06000001\x04\x06000000";
        assert!(wasm.bytes().ends_with(&[&b"\0\x20\x04name"[..], names].concat()));
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for number in [0, 1, 127, 128, 16_383, 16_384, 629_528] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            assert_eq!(Reader(&bytes).number().unwrap(), number);
        }
    }
}
