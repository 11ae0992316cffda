# Two stages from one base: the first makes /app ready, the second only runs it.
FROM python:3.13-slim-bookworm AS build
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 PIP_NO_CACHE_DIR=1

COPY bin/setup bin/
COPY requirements-setup.txt requirements-prod.txt package.json package-lock.json .npmrc ./
RUN ["python", "bin/setup", "--lock", "requirements-prod.txt", "packages", "assets"]

COPY . .
RUN python bin/setup styles translations \
    && env SECRET_KEY=only-while-building SITE_URL=http://localhost DATABASE_URL=sqlite://:memory: \
        REDIS_URL=redis://localhost EMAIL_URL=consolemail:// \
        .venv/bin/python manage.py collectstatic --noinput \
    && .venv/bin/python -m pip uninstall --quiet --yes uv pip \
    && .venv/bin/python -m compileall -q accounts notifications cops applications meetings \
        outcomes config


FROM python:3.13-slim-bookworm
RUN useradd --uid 1000 --no-create-home cops && install --directory --owner=cops --mode=700 /files
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER cops
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--preload", "--bind=0.0.0.0:8000", "--workers=2", \
     "--threads=4", "--worker-tmp-dir=/dev/shm", "--graceful-timeout=30", "--keep-alive=125"]
