"""Sends a bounded number of seeded requests to the captured gateway: client.py REQUESTS SEED

Twelve clients with loopback addresses of their own, four keys, bursts, unknown keys, paths that do not exist, and
clients that hang up before the answer.
"""

import http.client
import random
import socket
import sys
import threading
import time

GATEWAY = ("127.0.0.1", 18080)
CLIENTS = 12
KEYS = ["ak_1ab20dbc90f80ad4", "ak_7767d1e43a5b6266", "ak_a753e3a7159bc67e", "ak_c2d9ac7729544557"]
AGENTS = [
    "ShopApp/7.4 (iPhone; iOS 18.2)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "python-requests/2.32.0",
    "partner-sync/3.4.1",
]
WORDS = ["red", "lamp", "steel", "chair", "tent", "bike", "blue", "desk"]
PROBES = ["/wp-login.php", "/.env", "/?q=%22%3E%3Cscript%3E", "/caf\u00c3\u00a9"]


def call(rng):
    """Method, target, body length and whether the client hangs up early."""
    product = int(rng.paretovariate(0.8)) % 200 + 1000
    draw = rng.random()
    if draw < 0.35:
        return "GET", f"/v1/products/{product}", 0, False
    if draw < 0.45:
        return "GET", f"/v1/prices/{product}?currency=EUR", 0, False
    if draw < 0.53:
        return "GET", f"/v1/products?category={rng.randint(1, 6)}&page={rng.randint(1, 3)}", 0, False
    if draw < 0.68:
        return "GET", f"/v1/search?q={rng.choice(WORDS)}+{rng.choice(WORDS)}", 0, rng.random() < 0.1
    if draw < 0.80:
        return "GET", f"/v1/orders/{rng.randint(5000, 9999)}", 0, False
    if draw < 0.86:
        return "POST", "/v1/orders", rng.randint(200, 2000), False
    if draw < 0.90:
        return "GET", f"/v1/reports/2026-11-{rng.randint(1, 21):02}/summary", 0, rng.random() < 0.2
    if draw < 0.92:
        return "GET", "/v1/legacy/status", 0, False
    if draw < 0.96:
        return "GET", "/health", 0, False
    if draw < 0.98:
        return "GET", f"/v1/{rng.choice(WORDS)}", 0, False
    return "GET", rng.choice(PROBES), 0, False


def headers(rng, number):
    fields = {"Host": "api.example.com", "User-Agent": AGENTS[number % len(AGENTS)]}
    if rng.random() < 0.97:
        fields["X-Api-Key"] = KEYS[number % len(KEYS)] if rng.random() < 0.98 else "ak_unknown"
    if number % 4 == 1:
        fields["Referer"] = "https://shop.example.com/c/" + rng.choice(WORDS)
    if number % 3 == 0:
        fields["X-Forwarded-For"] = f"198.18.7.{number}"
    if rng.random() < 0.01:
        fields["X-Fresh"] = "1"
    return fields


def send(rng, number, connection):
    method, target, length, hangs_up = call(rng)
    body = b"x" * length if length else None
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in headers(rng, number).items():
        connection.putheader(name, value)
    if length:
        connection.putheader("Content-Length", str(length))
    connection.endheaders(body)
    if hangs_up:
        time.sleep(0.01)
        connection.close()
        return
    connection.getresponse().read()


def client(number, count, seed):
    rng = random.Random(seed * 1000 + number)
    connection = http.client.HTTPConnection(*GATEWAY, timeout=5, source_address=(f"127.0.0.{10 + number}", 0))
    connection._validate_path = lambda _: None  # Bytes above 127 reach real gateways too.
    connection._encode_request = lambda text: text.encode("latin-1")
    for index in range(count):
        try:
            send(rng, number, connection)
        except (OSError, http.client.HTTPException, socket.timeout):
            connection.close()
        # Bursts of thirty without a pause, between them a calm stretch.
        if index // 30 % 3 != 0:
            time.sleep(rng.expovariate(60))


def main():
    requests, seed = int(sys.argv[1]), int(sys.argv[2])
    threads = [
        threading.Thread(target=client, args=(number, requests // CLIENTS, seed)) for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
