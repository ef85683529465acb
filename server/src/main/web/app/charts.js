// Charts of the host's measurements, from /rrd_updates.

import {html, useEffect, useRef, useState} from './lib/preact.js';
import {address, parse} from './api.js';
import {bytes} from './format.js';
import {Empty} from './ui.js';

/** [name, seconds shown, seconds of one value]: the archives that XAPI keeps. */
const RANGES = [['10 minutes', 585, 5], ['Hour', 3600, 60], ['Day', 86400, 3600], ['Week', 604800, 3600], ['Year', 31536000, 86400]];

/** Steps of the scale of bytes. */
const POWERS = Array.from({length: 50}, (_, i) => 2 ** i);

const percent = value => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
const rate = value => bytes(value) + '/s';

/** The charts of a kind: which sources they show, with what names, and how values read. */
const CHARTS = {
    vm: [
        {title: 'CPU', unit: percent, most: 1, lines: source => /^cpu\d+$/.test(source) && source.replace('cpu', 'CPU ')},
        {title: 'Memory', unit: bytes, lines: source => ({memory: 'Memory', memory_internal_free: 'Free in the guest'})[source],
            scale: source => source === 'memory_internal_free' ? 1024 : 1},
        {title: 'Disks', unit: rate, lines: source => /^vbd_\w+_(read|write)$/.test(source) && source.slice(4).replace('_', ' ')},
        {title: 'Network', unit: rate, lines: source => /^vif_\d+_(rx|tx)$/.test(source) && source.slice(4).replace('_rx', ' received').replace('_tx', ' sent')},
    ],
    host: [
        {title: 'CPU', unit: percent, most: 1, lines: source => source === 'cpu_avg' && 'All CPUs'},
        {title: 'Free memory', unit: bytes, scale: () => 1024, lines: source => source === 'memory_free_kib' && 'Free'},
        {title: 'Network', unit: rate, lines: source => /^pif_(?!aggr|lo)\w+_(rx|tx)$/.test(source) && source.slice(4).replace('_rx', ' received').replace('_tx', ' sent')},
    ],
};

/** The values of one object: {times, sources: {name: values}}, the oldest first. */
async function fetchValues(kind, uuid, [, span, interval], signal) {
    const start = Math.floor(Date.now() / 1000) - span;
    const query = {start, interval, cf: 'AVERAGE', json: 'true', ...kind === 'vm' ? {vm_uuid: uuid} : {host: 'true'}};
    const response = await fetch(address('/rrd_updates', query), {signal});
    const text = await response.text();
    if (!response.ok && text.includes('No_RRA_Available')) {
        // Nothing has been measured of a VM that has just started.
        return {times: [], sources: {}};
    }
    if (!response.ok) {
        throw new Error(`The host answers ${response.status}.`);
    }
    const {meta, data} = parse(text);
    const rows = [...data].reverse();
    const sources = {};
    [meta.legend].flat().forEach((legend, i) => {
        const [, of, id, ...name] = legend.split(':');
        if (of === kind && id === uuid) {
            sources[name.join(':')] = rows.map(row => finite([row.values].flat()[i]));
        }
    });
    return {times: rows.map(row => Number(row.t)), sources};
}

function finite(value) {
    const number = value === null ? NaN : Number(value);
    return Number.isFinite(number) ? number : null;
}

function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function Chart({chart, values, range}) {
    const box = useRef();
    const lines = Object.keys(values.sources).map(source => [source, chart.lines(source)]).filter(([, name]) => name)
        .sort(([, a], [, b]) => a.localeCompare(b, undefined, {numeric: true}));
    const names = lines.map(([, name]) => name).join();
    const data = [values.times, ...lines.map(([source]) => {
        const scale = chart.scale?.(source) ?? 1;
        return values.sources[source].map(value => value === null ? null : value * scale);
    })];
    const plot = useRef();
    const [at, setAt] = useState(null);
    useEffect(() => {
        if (!lines.length) {
            return;
        }
        let over = false;
        let observer;
        import('./lib/uplot.js').then(({default: Plot}) => {
            if (over) {
                return;
            }
            const axis = {stroke: colour('--faint'), grid: {stroke: colour('--line'), width: 1}, ticks: {show: false}, font: '11px system-ui'};
            plot.current = new Plot({
                width: box.current.clientWidth || 300,
                height: 150,
                cursor: {points: {size: 6}},
                legend: {show: false},
                hooks: {setCursor: [self => setAt(self.cursor.idx ?? null)]},
                scales: {y: {range: (self, low, high) => [0, chart.most && high <= chart.most ? chart.most : (high || 1) * 1.1]}},
                axes: [{...axis, space: 70, size: 28, values: range[1] > 86400 ? '{MMM} {D}' : '{HH}:{mm}'}, {...axis, size: 74, space: 26, ...chart.unit !== percent && {incrs: POWERS}, values: (self, marks) => marks.map(chart.unit)}],
                series: [{}, ...lines.map((_, i) => ({stroke: colour(`--line-${i % 6 + 1}`), width: 1.5}))],
            }, data, box.current);
            observer = new ResizeObserver(() => plot.current.setSize({width: box.current.clientWidth, height: 150}));
            observer.observe(box.current);
        });
        return () => {
            over = true;
            observer?.disconnect();
            plot.current?.destroy();
            plot.current = null;
        };
    }, [names, range]);
    useEffect(() => plot.current?.setData(data), [values]);
    if (!lines.length) {
        return null;
    }
    // The values under the mouse, or the latest.
    const shown = i => at === null ? data[i + 1].findLast(value => value !== null) : data[i + 1][at];
    return html`<figure class="chart" data-latest=${values.times.at(-1)}><figcaption>${chart.title}
            ${at !== null && html`<span class="faint">${new Date(values.times[at] * 1000).toLocaleString()}</span>`}</figcaption>
        <div ref=${box} aria-hidden="true"></div>
        <ul class="legend">${lines.map(([source, name], i) => html`<li key=${source}><span class=${`mark mark-${i % 6 + 1}`}></span>${name}
            <b>${typeof shown(i) === 'number' ? chart.unit(shown(i)) : '–'}</b></li>`)}</ul></figure>`;
}

export function Charts({kind, uuid}) {
    const [range, setRange] = useState(RANGES[0]);
    const [values, setValues] = useState(null);
    const [failure, setFailure] = useState('');
    useEffect(() => {
        const link = document.createElement('link');
        link.rel = 'stylesheet';
        link.href = new URL('./lib/uplot.css', import.meta.url).href;
        document.head.append(link);
        return () => link.remove();
    }, []);
    useEffect(() => {
        const stop = new AbortController();
        const read = async () => {
            try {
                setValues(await fetchValues(kind, uuid, range, stop.signal));
                setFailure('');
            } catch (e) {
                if (e.name !== 'AbortError') {
                    setFailure('The measurements cannot be read: ' + e.message);
                }
            }
        };
        setValues(null);
        read();
        const timer = setInterval(read, Math.min(range[2], 60) * 1000);
        return () => {
            stop.abort();
            clearInterval(timer);
        };
    }, [kind, uuid, range]);
    const something = values && CHARTS[kind].some(chart => Object.keys(values.sources).some(source => chart.lines(source)));
    return html`<div class="tabs small" role="group" aria-label="Time">${RANGES.map(each => html`<button type="button" key=${each[0]}
            aria-pressed=${each === range} onClick=${() => setRange(each)}>${each[0]}</button>`)}</div>
        ${failure ? html`<${Empty}>${failure}<//>` : !values ? html`<${Empty}>Loading…<//>` : !something ? html`<${Empty}>There are no measurements for this time yet.<//>`
            : html`<div class="charts">${CHARTS[kind].map(chart => html`<${Chart} key=${chart.title} chart=${chart} values=${values} range=${range}/>`)}</div>`}`;
}
