// A table that draws only the rows in sight, so a thousand rows cost no more than forty.

import {html, useEffect, useLayoutEffect, useMemo, useRef, useState} from './lib/preact.js';

const ROW = 34;
const MARGIN = 12;

/**
 * @param columns [{key, title, value(row) for sorting, cell(row), wide: whether it is left out on a phone}]
 * @param rows objects with `key`, `text` (what the filter searches) and, if they are links, `href`
 */
export function List({columns, rows, label, actions, placeholder = 'Filter', empty = 'There is nothing here.'}) {
    const [filter, setFilter] = useState('');
    const [sort, setSort] = useState({key: columns[0].key, up: true});
    const [view, setView] = useState({top: 0, height: 600});
    const box = useRef();
    const shown = useMemo(() => {
        const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
        const column = columns.find(each => each.key === sort.key);
        const value = column.value ?? column.cell;
        return rows
            .filter(row => words.every(word => row.text.includes(word)))
            .map(row => [value(row), row])
            .sort(([a], [b]) => (sort.up ? 1 : -1) * compare(a, b))
            .map(([, row]) => row);
    }, [rows, filter, sort]);
    useLayoutEffect(() => {
        const measure = () => setView({top: box.current.scrollTop, height: box.current.clientHeight});
        const observer = new ResizeObserver(measure);
        observer.observe(box.current);
        measure();
        return () => observer.disconnect();
    }, []);
    useEffect(() => {
        box.current.scrollTop = 0;
    }, [filter, sort]);
    const first = Math.max(0, Math.min(Math.floor(view.top / ROW) - MARGIN, shown.length - 1));
    const last = Math.min(shown.length, Math.ceil((view.top + view.height) / ROW) + MARGIN);
    const order = key => setSort({key, up: sort.key === key ? !sort.up : true});
    return html`<div class="list">
        <div class="toolbar">
            <input type="search" aria-label=${placeholder} placeholder=${placeholder} value=${filter}
                onInput=${event => setFilter(event.target.value)}/>
            <span class="faint" role="status">${shown.length === rows.length ? rows.length : `${shown.length} of ${rows.length}`}</span>
            <span class="spacer"></span>
            ${actions}
        </div>
        <div class="scroll" ref=${box} tabindex="0" role="region" aria-label=${label}
                onScroll=${event => setView({top: event.target.scrollTop, height: event.target.clientHeight})}>
            <table aria-rowcount=${shown.length + 1}>
                <caption class="hidden">${label}</caption>
                <thead><tr aria-rowindex="1">${columns.map(column => html`<th key=${column.key} scope="col"
                    class=${column.wide ? 'wide' : ''} aria-sort=${sort.key === column.key ? (sort.up ? 'ascending' : 'descending') : 'none'}>
                    ${column.title ? html`<button type="button" class="sort" onClick=${() => order(column.key)}>${column.title}
                        <span aria-hidden="true">${sort.key === column.key ? (sort.up ? '▴' : '▾') : ''}</span></button>`
                        : html`<span class="hidden">Actions</span>`}</th>`)}
                </tr></thead>
                <tbody>
                    ${first > 0 && html`<tr key="above" aria-hidden="true" style=${{height: first * ROW + 'px'}}></tr>`}
                    ${shown.slice(first, last).map((row, i) => html`<tr key=${row.key} aria-rowindex=${first + i + 2}>
                        ${columns.map((column, at) => html`<td key=${column.key} class=${column.wide ? 'wide' : ''}>
                            ${at === 0 && row.href ? html`<a href=${row.href}>${column.cell(row)}</a>` : column.cell(row)}</td>`)}
                    </tr>`)}
                    ${last < shown.length && html`<tr key="below" aria-hidden="true" style=${{height: (shown.length - last) * ROW + 'px'}}></tr>`}
                </tbody>
            </table>
            ${shown.length === 0 && html`<p class="empty">${rows.length === 0 ? empty : 'Nothing matches this filter.'}</p>`}
        </div>
    </div>`;
}

const collator = new Intl.Collator(undefined, {numeric: true, sensitivity: 'base'});

function compare(a, b) {
    return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a ?? ''), String(b ?? ''));
}

/** A plain table for a few rows. */
export function Table({label, heads, rows, empty}) {
    if (rows.length === 0) {
        return html`<p class="empty">${empty}</p>`;
    }
    return html`<div class="scroll-x"><table class="few"><caption class="hidden">${label}</caption>
        <thead><tr>${heads.map(head => html`<th key=${head} scope="col">${head || html`<span class="hidden">Actions</span>`}</th>`)}</tr></thead>
        <tbody>${rows.map(([key, ...cells]) => html`<tr key=${key}>${cells.map((cell, i) => html`<td key=${i}>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>`;
}
