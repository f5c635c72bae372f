// What each file must hash to, as in an `integrity` attribute, and so the hash that its name bears.
// `cargo xtask dist` writes it; a file that is not named has no hash in its name and is not checked.
export default {};
