"""The explorer's pages, by path."""

from explorer import pages


def test_the_page_is_there_with_and_without_a_slash_and_names_its_parts_from_the_root():
    found = pages()
    assert found["/explorer/"] == found["/explorer"]
    body = found["/explorer"][1]
    for name in ("/explorer/explorer.js", "/explorer/explorer.css"):
        assert name.encode() in body
        assert name in found
