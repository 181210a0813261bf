import 'bootstrap/js/dist/alert';
import 'bootstrap/js/dist/collapse';
import 'bootstrap/js/dist/dropdown';
import 'bootstrap/js/dist/modal';
import 'bootstrap/js/dist/tab';
import '../scss/site.scss';
import { followAnswering } from '../quiz/answering';
import { followSaving } from './saving';
import { reportFailedRequests } from './failures';
import { pressByKey } from './shortcuts';

followSaving();
followAnswering();
reportFailedRequests();
pressByKey();
