extension String {
    /// Byte by byte. Swift's own `==` takes canonically equal texts for one, and a server must not.
    func isExactly(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
