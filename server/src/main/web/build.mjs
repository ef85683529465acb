// build.mjs SOURCES LIBRARIES ERRORS PAGE: copies the page and its libraries, each file also compressed, and lists them in
// PAGE/files: path, type, hash. Everything but index.html is below app/HASH, where HASH is that of all files, so
// a browser may keep it forever, and a page never mixes files of two versions.
import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {dirname, extname, join, relative} from 'node:path';
import {gzipSync} from 'node:zlib';

const [sources, libraries, errors, page] = process.argv.slice(2);

const TYPES = {
    '.css': 'text/css; charset=utf-8',
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json',
    '.svg': 'image/svg+xml',
    '.txt': 'text/plain; charset=utf-8',
};

/** From node_modules to the page. The licence of a library comes with it. */
const LIBRARIES = {
    '@novnc/novnc/core': 'lib/novnc/core',
    '@novnc/novnc/vendor/pako': 'lib/novnc/vendor/pako',
    '@novnc/novnc/LICENSE.txt': 'lib/novnc/LICENSE.txt',
    '@xterm/xterm/lib/xterm.mjs': 'lib/xterm.js',
    '@xterm/xterm/css/xterm.css': 'lib/xterm.css',
    '@xterm/xterm/LICENSE': 'lib/xterm-LICENSE.txt',
    '@xterm/addon-fit/lib/addon-fit.mjs': 'lib/xterm-fit.js',
    'htm/preact/standalone.module.js': 'lib/preact.js',
    'htm/LICENSE': 'lib/preact-LICENSE.txt',
    'uplot/dist/uPlot.esm.js': 'lib/uplot.js',
    'uplot/dist/uPlot.min.css': 'lib/uplot.css',
    'uplot/LICENSE': 'lib/uplot-LICENSE.txt',
};

/** The texts of errors, from the model: {CODE: {params, about}}. */
function errorTexts(yaml) {
    const texts = {};
    const entry = /^  ([A-Z][A-Z0-9_]*):\n((?: {4}.*\n?)+)/gm;
    for (const [, code, lines] of yaml.matchAll(entry)) {
        const params = /^ {4}params: \[(.*)\]/m.exec(lines)?.[1] ?? '';
        const about = /^ {4}about: (.*(?:\n {6,}.*)*)/m.exec(lines)?.[1].replace(/\n\s*/g, ' ').replace(/^(['"])(.*)\1$/, '$2') ?? '';
        texts[code] = {params: params.split(', ').filter(Boolean).map(name => name.replace(/^(['"])(.*)\1$/, '$2')), about};
    }
    return texts;
}

function* walk(path) {
    if (statSync(path).isDirectory()) {
        for (const name of readdirSync(path).sort()) {
            yield* walk(join(path, name));
        }
    } else {
        yield path;
    }
}

const sha256 = bytes => createHash('sha256').update(bytes).digest('hex').slice(0, 32);
const files = new Map();
for (const file of walk(join(sources, 'app'))) {
    files.set(relative(join(sources, 'app'), file), readFileSync(file));
}
for (const [from, to] of Object.entries(LIBRARIES)) {
    for (const file of walk(join(libraries, from))) {
        const name = join(to, relative(join(libraries, from), file));
        if (TYPES[extname(name)]) {
            // The maps of the libraries are not there.
            files.set(name, Buffer.from(readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')));
        }
    }
}
files.set('errors.json', Buffer.from(JSON.stringify(errorTexts(readFileSync(errors, 'utf8')))));
const all = createHash('sha256');
for (const [name, bytes] of files) {
    all.update(name + '\0' + sha256(bytes) + '\n');
}
const version = all.digest('hex').slice(0, 16);
const site = new Map([...files].map(([name, bytes]) => [`app/${version}/${name}`, bytes]));
const index = readFileSync(join(sources, 'index.html'), 'utf8').replaceAll('@version@', version);
site.set('index.html', Buffer.from(index));
const list = [];
for (const [name, bytes] of site) {
    mkdirSync(dirname(join(page, name)), {recursive: true});
    writeFileSync(join(page, name), bytes);
    writeFileSync(join(page, name + '.gz'), gzipSync(bytes, {level: 9}));
    list.push([name, TYPES[extname(name)], sha256(bytes)].join('\t'));
}
writeFileSync(join(page, 'files'), list.join('\n') + '\n');
