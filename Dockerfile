# Wavepick as one image for web processes, workers and commands; compose.yaml runs it.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
# The packages change seldom: they are a layer of their own, pinned with their hashes.
COPY requirements/run.txt requirements/scaling.txt requirements/
RUN python -m venv /opt/wavepick \
    && /opt/wavepick/bin/pip install --require-hashes -r requirements/scaling.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes -r requirements/run.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY optimizer optimizer
COPY server server
COPY layouts layouts
COPY benchmarks benchmarks
COPY handheld_ui handheld_ui
# Builds the pages, too; Node.js comes in a wheel.
RUN /opt/build/bin/pip wheel --no-build-isolation --no-deps --wheel-dir /wheels . \
    && /opt/wavepick/bin/pip install --no-deps /wheels/*.whl

FROM python:3.13-slim-bookworm
COPY --from=build /opt/wavepick /opt/wavepick
ENV PATH=/opt/wavepick/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/var/cache/wavepick \
    WAVEPICK_HOME=/var/lib/wavepick \
    WAVEPICK_LOG_FORMAT=json
# The compiled kernels lie in a folder that a worker may write: another CPU compiles them anew.
RUN useradd --system --uid 10001 --home-dir /var/lib/wavepick --create-home wavepick \
    && install -d -o wavepick -g wavepick /var/cache/wavepick
USER wavepick
RUN python -m optimizer.batching.warm_up planning
WORKDIR /var/lib/wavepick
EXPOSE 8080
CMD ["wavepick", "--help"]
