//! How the words are written down: `NAME: "English" "Deutsch" …;`, in the order of the languages.

macro_rules! words {
    ($($name:ident: $english:literal $($text:literal)*;)*) => {
        $(
            #[doc = concat!("“`", $english, "`”")]
            pub const $name: super::Word = super::Word([$english, $($text),*]);
        )*

        /// All words of this table, by name.
        #[cfg(all(test, not(target_arch = "wasm32")))]
        pub(super) const TABLE: &[(&str, super::Word)] = &[$((stringify!($name), $name),)*];
    };
}
