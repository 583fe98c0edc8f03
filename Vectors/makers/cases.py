"""The form of a case, and the lists that become files."""

from makers.codec import b64


class Cases:
    """One file of cases. Ids are unique in the file; a refusal names its reason."""

    def __init__(self, about: str, made_by: str):
        self.about = about
        self.made_by = made_by
        self.items: list[dict] = []

    def add(
        self,
        id: str,
        scheme: str,
        address: str,
        signature: bytes | str,
        *,
        message: bytes | None = None,
        transaction: bytes | None = None,
        reason: str | None = None,
        comment: str = "",
    ) -> None:
        assert (message is None) != (transaction is None), id
        assert all(item["id"] != id for item in self.items), id
        item = {"id": id, "scheme": scheme, "address": address}
        if message is not None:
            item["message_base64"] = b64(message)
        else:
            item["tx_base64"] = b64(transaction)
        item["signature_base64"] = signature if isinstance(signature, str) else b64(signature)
        item["valid"] = reason is None
        item["reason"] = reason
        item["comment"] = comment
        self.items.append(item)

    def document(self) -> dict:
        return {"about": self.about, "made_by": self.made_by, "cases": self.items}
