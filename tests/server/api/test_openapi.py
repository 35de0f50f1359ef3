"""The OpenAPI document: complete enough that a client can be written from it."""

from __future__ import annotations

from tests.server.api.conftest import Site, body_of


def test_every_route_is_described(site: Site) -> None:
    document = body_of(site.app.test_client().get("/api/v1/openapi.json"))
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path) for path, found in document["paths"].items() for method in found
    }
    routes = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "openapi.spec"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes <= described
    assert len(routes) > 30


def test_bodies_forbid_unknown_fields(site: Site) -> None:
    schemas = body_of(site.app.test_client().get("/api/v1/openapi.json"))["components"]["schemas"]
    for name in (
        "OrderBody",
        "WaveBody",
        "PlanBody",
        "LaunchBody",
        "RecallBody",
        "SyncBody",
        "SignInBody",
    ):
        assert schemas[name]["additionalProperties"] is False


def test_operations_have_words_and_security(site: Site) -> None:
    document = body_of(site.app.test_client().get("/api/v1/openapi.json"))
    for path, found in document["paths"].items():
        for method, operation in found.items():
            assert operation.get("summary"), f"{method} {path}"
    guarded = document["paths"]["/api/v1/board"]["get"]
    assert guarded["security"] == [{"bearer": []}]
    assert "security" not in document["paths"]["/api/v1/session"]["post"]
