// Tests of a small client against injected faults: node --test
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Simulator, XapiError } from './simulator.mjs'

/** Starts VMs. It survives lost connections, sessions that end, and a host without memory for a moment. */
class Starter {
  constructor(xapi) {
    this.xapi = xapi
  }

  async login() {
    this.session = await this.xapi.login()
  }

  call(method, ...params) {
    return this.xapi.call(method, this.session, ...params)
  }

  async start(vm, tries = 4) {
    for (let left = tries - 1; ; left--) {
      try {
        await this.call('VM.start', vm, false, false)
        return 'started'
      } catch (error) {
        if (error.code === 'VM_BAD_POWER_STATE' && error.params[2].toLowerCase() === 'running') {
          return 'runs already'
        }
        if (left === 0) {
          throw error
        }
        if (error.code === 'SESSION_INVALID') {
          await this.login()
        } else if (error.code === 'HOST_NOT_ENOUGH_FREE_MEMORY') {
          await setTimeout(50)
        } else if (error instanceof XapiError) {
          throw error
        }
        // Otherwise the answer is lost, and perhaps the request too.
      }
    }
  }
}

let simulator, starter, vm

before(async () => {
  simulator = await Simulator.start({ world: 'laptop' })
})

after(() => simulator?.close())

beforeEach(async () => {
  await simulator.reset()
  starter = new Starter(simulator)
  await starter.login()
  vm = (await starter.call('VM.get_by_name_label', 'build'))[0]
})

test('a lost answer', async () => {
  await simulator.fault({ api: 'VM.start', fault: 'drop-after' })
  assert.equal(await starter.start(vm), 'runs already')
})

test('lost requests', async () => {
  await simulator.fault({ api: 'VM.start', fault: 'drop-before', times: 2 })
  assert.equal(await starter.start(vm), 'started')
})

test('a session that ends', async () => {
  await simulator.endSessions()
  assert.equal(await starter.start(vm), 'started')
})

test('no memory for a moment', async () => {
  await simulator.fault({ operation: 'create', fault: 'fail', error: 'NOMEM', times: 2 })
  assert.equal(await starter.start(vm), 'started')
})

test('no memory at all', async () => {
  await simulator.fault({ operation: 'create', fault: 'fail', error: 'NOMEM', times: 'always' })
  await assert.rejects(starter.start(vm), { code: 'HOST_NOT_ENOUGH_FREE_MEMORY' })
})

test('an error of the API', async () => {
  await simulator.fault({ api: 'VM.start', fault: 'error', error: ['HOST_IS_SLAVE', '10.0.0.1'] })
  await assert.rejects(starter.start(vm), { code: 'HOST_IS_SLAVE' })
})
